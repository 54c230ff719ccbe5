"""What is said of a kill log alone."""

from __future__ import annotations

from app.evidence.findings import Rule, Severity

NONE = Rule(
    "K1",
    Severity.BLOCK,
    "No kill with a time was found: {what}.",
    "A kill without a time cannot be held against any request.",
    "Send a table `time,instance,signal,back` with times in UTC, one line a kill; `docker events --since 1h "
    "--filter event=kill --filter event=start`, `kubectl get events -o json` and `journalctl -o short-iso` are read "
    "too.",
    example="a page on how instances are killed",
)
AGES = Rule(
    "K1",
    Severity.WARN,
    "The table of events has ages (`5m12s`) in place of times; no request can be counted around any of them.",
    "An age counts from the moment at which the command ran, and the file does not say when that was.",
    "Send `kubectl get events -o json`. The cluster keeps events for an hour only: save them right after the run.",
    example="LAST SEEN   TYPE   REASON   OBJECT",
)
NO_DAY = Rule(
    "K1",
    Severity.WARN,
    "The kills have a time of day and no day (`{clock}`); no request can be counted around any of them.",
    "The requests have days, and the same clock comes back on each.",
    "Write the day in a line of its own above them, with the zone: `2026-11-20 (UTC)`.",
    example="[14:02:10] ada@lab:~$ docker kill web-2",
)
COUNTED = Rule(
    "K1",
    Severity.GOOD,
    "{count} {count:kill|kills} of {instances} {instances:instance|instances}, from {first} to {last}: {names}.",
    "Different instances were killed, each at a known time.",
    "Nothing to do.",
    example="app-2 by KILL, app-3 by TERM",
)
NO_NAME = Rule(
    "K6",
    Severity.WARN,
    "{count} of {total} kills {count:names|name} no instance.",
    "Without a name nobody can see whether the killed one served requests while it was down.",
    "Write the name from the balancer's log in a column `instance`; beside `kill -9 4711` say whose process it was.",
    example="kill -9 4711 in a shell's history",
)
NO_RETURN = Rule(
    "K7",
    Severity.NOTE,
    "For {count} of {total} kills the log does not say when the instance was back: {names}.",
    "The window of a kill runs until ten seconds after the return. Without one, the first request that the instance "
    "answers again is taken, else thirty seconds.",
    "Write the time at which /readyz answered 200 again, in a column `back`.",
    example="2026-11-20T14:05:10.004Z,app-2,KILL,",
)
ONE_INSTANCE = Rule(
    "K11",
    Severity.WARN,
    "Only one instance was killed: {names}.",
    "What holds for one instance may not hold for the next: leader, first in the list, the one with the timer.",
    "Kill at least two different instances, one after the other.",
    example="app-2 three times",
)
ONE_SIGNAL = Rule(
    "K11",
    Severity.WARN,
    "Every kill was by {signal}; none was by {missing}.",
    "KILL shows what a crash does to requests that are running, TERM whether an instance drains before it ends.",
    "Kill once with each: `systemctl kill -s KILL app`, and `systemctl restart app` for TERM.",
    example="two kills, both KILL",
)
NO_SIGNAL = Rule(
    "K11",
    Severity.NOTE,
    "The log names no signal.",
    "A crash (KILL) and a drain (TERM) have to be told apart: after TERM an instance may serve on for a while.",
    "Add a column `signal` with KILL or TERM.",
    example="time,instance,back",
)
FORCED = Rule(
    "K5",
    Severity.NOTE,
    "{names} was sent TERM and then KILL: it had not ended by itself.",
    "The grace period ran out; requests that were still running were cut.",
    "Let the drain be shorter than the grace period (`docker stop -t`, terminationGracePeriodSeconds, "
    "TimeoutStopSec).",
    example="docker events: kill with signal=15, ten seconds later kill with signal=9",
)
NO_ZONE = Rule(
    "K12",
    Severity.NOTE,
    "The times name no {what}; they are read as UTC{year}.",
    "An hour's difference to the requests puts every kill beside its traffic.",
    "Write times as 2026-11-20T14:05:10.004Z: `date -u +%FT%T.%3NZ`, `journalctl --utc -o short-iso`.",
    example="2026-11-20 14:05:10",
)
UNREAD = Rule(
    "K12",
    Severity.WARN,
    "The time in {count} {count:row|rows} cannot be read: {what}.",
    "These kills are left out.",
    "Write times as 2026-11-20T14:05:10.004Z.",
    example="22:22",
)
BACKWARDS = Rule(
    "K12",
    Severity.WARN,
    "{name} is back at {back}, before it was killed at {start}; the return is left out.",
    "One of the two times is not what it says.",
    "Look for columns that were swapped, or for times of two zones.",
    example="killed 14:05:10, back 13:05:31",
)

SINGLE = (
    NONE, AGES, NO_DAY, COUNTED, NO_NAME, NO_RETURN, ONE_INSTANCE, ONE_SIGNAL, NO_SIGNAL, FORCED, NO_ZONE, UNREAD,
    BACKWARDS,
)  # fmt: skip

"""What is said of a timeline alone."""

from __future__ import annotations

from app.evidence.findings import Audience, Rule, Severity

NONE = Rule(
    "Y1",
    Severity.BLOCK,
    "No deploy with a time was found: {what}.",
    "A deploy without a time has no window in which requests could be counted.",
    "Send a table `version,start,end,result` with times in UTC, or `gh run list --workflow deploy.yml --json "
    "databaseId,number,headSha,status,conclusion,startedAt,updatedAt`.",
    example="a page on how deploys are done",
)
NO_TIMES = Rule(
    "Y1",
    Severity.WARN,
    "The file names {count} {count:revision|revisions} and no time of any of them.",
    "`kubectl rollout history` and `gh run list` on a terminal print no times, so no request can be counted for these "
    "deploys.",
    "Send `kubectl get rs -l app=app -o json` or `gh run list --json databaseId,headSha,conclusion,startedAt,"
    "updatedAt`, or write `version,start,end` as your deploy script runs.",
    example="REVISION  CHANGE-CAUSE",
)
COUNTED = Rule(
    "Y1",
    Severity.GOOD,
    "{count} different versions were deployed, from {first} to {last}.",
    "Each is a deploy in its own right.",
    "Nothing to do.",
    example="ten rows with ten versions",
)
NO_END = Rule(
    "Y1",
    Severity.WARN,
    "For {count} of {total} deploys the file names one moment alone, not both start and end: {versions}.",
    "The window of a deploy runs from its start to sixty seconds after its end; without one of them it is too short.",
    "Write both: `date -u +%FT%TZ` before and after the roll.",
    example="a table with a column `time` alone, or `argocd app history`",
)
NO_VERSION = Rule(
    "Y1",
    Severity.WARN,
    "For {count} of {total} deploys no version is named.",
    "Whether ten deploys were ten changes shows in their versions.",
    "Add a column `version` with the commit or the digest of the image.",
    example="a table of start and end alone",
)
NOT_DONE = Rule(
    "Y1",
    Severity.NOTE,
    "{count} of {total} deploys did not end well or {count:has|have} not ended: {versions}. Such a deploy does "
    "not count.",
    "A deploy that was stopped shows that the gate works; it is none of the ten.",
    "Leave them in the file, and say in one line what stopped each.",
    example="a run whose conclusion is `failure`",
)
BACKWARDS = Rule(
    "Y5",
    Severity.WARN,
    "{version} ends at {end}, before it starts at {start}.",
    "One of the two times is not what it says.",
    "Look for columns that were swapped, or for times of two zones.",
    example="start 14:06:10, end 14:03:50",
)
OVERLAPPING = Rule(
    "Y5",
    Severity.WARN,
    "{first} and {second} overlap: the second starts {seconds} before the first has ended.",
    "Two deploys at once replace each other's instances, and a failed request belongs to neither.",
    "Let one deploy wait for the other (`concurrency: deploy` in GitHub Actions); or mend the times.",
    example="one from 14:03 to 14:06, the next from 14:05",
)
UNORDERED = Rule(
    "Y5",
    Severity.NOTE,
    "The rows are neither in the order of time nor in its reverse: {version} stands out of place.",
    "A file that a tool wrote is in order; one that was put together by hand is easily incomplete.",
    "Sort it by start, and see that none is missing in between.",
    example="14:03, 15:20, 14:41",
)
ALIKE = Rule(
    "Y5",
    Severity.NOTE,
    "All {count} deploys took exactly {seconds} s. A pattern worth asking about.",
    "A roll waits for starts and drains, which differ by chance; a fixed wait or times in whole minutes are innocent "
    "causes.",
    "Ask how the times were taken.",
    audience=Audience.REVIEWER,
    example="ten deploys of 120 s each",
)
ROUND = Rule(
    "Y5",
    Severity.NOTE,
    "All {count} deploys start and end on whole minutes. A pattern worth asking about.",
    "Scripts write seconds; a person who writes times down, or a tool that shows minutes, does not.",
    "Ask how the times were taken; a window that is off by a minute can miss a failed request.",
    audience=Audience.REVIEWER,
    example="14:03:00 to 14:05:00, 14:30:00 to 14:32:00",
)
LEFT_OUT = Rule(
    "Y5",
    Severity.NOTE,
    "The runs are numbered {first} to {last}, and {count} of the numbers {count:is|are} not in the file: {missing}.",
    "Ten in a row means that none is left out; runs of another branch or workflow are an innocent cause.",
    "Ask what these runs were.",
    audience=Audience.REVIEWER,
    example="runs 41, 42, 44",
)
AGAIN = Rule(
    "Y6",
    Severity.WARN,
    "{version} is deployed {times} times in a row; it counts once.",
    "Rolling the version that already runs changes nothing: it tests the roll, and not the change.",
    "Let each deploy carry a change of its own.",
    example="3f9c1a2 at 14:03 and again at 14:20",
)
BACK = Rule(
    "Y6",
    Severity.NOTE,
    "{version} comes back after another version; it counts once.",
    "That is what a rollback looks like.",
    "If it was one, say so in the rollback record.",
    example="3f9c1a2, 8d02b7e, 3f9c1a2",
)
NO_ZONE = Rule(
    "Y3",
    Severity.NOTE,
    "The times name no zone and are read as UTC.",
    "An hour's difference to the traffic puts every window beside its requests.",
    "Write times as 2026-11-20T14:03:50Z.",
    example="2026-11-20 14:03:50",
)
FIGURES = Rule(
    "Y11",
    Severity.NOTE,
    "Recomputed from the file: {deploys} {deploys:deploy|deploys} in {span}{rate}; {failed} of {ended} failed "
    "({share} %){more}.",
    "These are the DORA figures: how often, how long from commit to users, how often it fails, how fast it is mended.",
    "Hold what you write in your text against them.",
    example="ten deploys in 9 days, 1.1 a day; one of eleven failed, mended after 14 min",
)

SINGLE = (
    NONE, NO_TIMES, COUNTED, NO_END, NO_VERSION, NOT_DONE, BACKWARDS, OVERLAPPING, UNORDERED, ALIKE, ROUND, LEFT_OUT,
    AGAIN, BACK, NO_ZONE, FIGURES,
)  # fmt: skip

"""What is said of deploy scripts and units."""

from app.evidence.findings import Rule, Severity

NOTHING = Rule(
    "Y8",
    Severity.NOTE,
    "No line was recognised as one that starts, stops or replaces an instance.",
    "The file is to show how a deploy rolls through the instances; your reviewer reads it.",
    "Add the script, unit file or manifest that does it, where this one calls another.",
    example="a script that only builds an image",
)
KILLED = Rule(
    "Y8",
    Severity.WARN,
    "Line {line} ends a process at once ({what}).",
    "The requests it is working on are cut; they are the 5xx of a deploy.",
    "Send SIGTERM, wait until it has drained, and use SIGKILL only after the longest request.",
    example="kill -9 $(cat app.pid)",
)
NOT_ASKED = Rule(
    "Y8",
    Severity.WARN,
    "Instances are replaced (line {line}), and none is asked whether it is ready.",
    "A rollout that does not wait can have every instance starting at the same time.",
    "After each start: `until curl -sf http://$host:8000/readyz; do sleep 1; done`, with a limit.",
    example="for host in app-1 app-2 app-3; do ssh $host systemctl restart app; done",
)
DRAINED = Rule(
    "Y8",
    Severity.GOOD,
    "Instances end gently: {what} (line {line}).",
    "Requests under way are finished before the process stops.",
    "Nothing to do.",
    example="echo 'set server app/app-1 state drain' | socat stdio /run/haproxy.sock",
)

RULES = (NOTHING, KILLED, NOT_ASKED, DRAINED)

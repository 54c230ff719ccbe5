"""What may be said about a runbook, alone and beside the other files of a version. N1 is said of alerts, as A4."""

from __future__ import annotations

from app.evidence.findings import Audience, Rule, Severity

TOO_LONG = Rule(
    "N2",
    Severity.BLOCK,
    "The page is not read: {reason}.",
    "A runbook is read at night, on a small screen, in a minute.",
    "Send the page of this alert alone, one Markdown file for each alert.",
    example="an export of a whole wiki in one file",
)
NOTHING_TO_DO = Rule(
    "N2",
    Severity.BLOCK,
    "{page} has no section, list or command that says how to find out what is wrong or how to stop it.",
    "The person who is woken needs something to do; a description alone leaves them where they were.",
    "Add the sections `## Find out` and `## First, within five minutes`, each with the commands that you would type.",
    example="a page with two paragraphs on what the alert means and nothing else",
)
PART_MISSING = Rule(
    "N2",
    Severity.WARN,
    "No section of {page} was recognised as {what}.",
    "Finding out and stopping the damage are two things; at night people look for a heading, not for a sentence.",
    "Add a section with one of these headings: {headings}.",
    example="a page with Meaning, Impact and Diagnosis, and nothing on what to do",
)
SHORT = Rule(
    "N3",
    Severity.WARN,
    "{page} has {words} {words:word|words}.",
    "Fewer than 60 words seldom hold what it means, how to find out, what to do and whom to call.",
    "Let somebody who has not seen it follow it, and write down the answer to each question they ask.",
    example="# DiskFull, followed by: delete old logs",
)
NO_COMMAND = Rule(
    "N3",
    Severity.WARN,
    "{page} has no command, query or link.",
    "What has to be looked up or invented at night takes the minutes that the runbook is there to save.",
    "Paste the commands from a terminal where they worked, in a code block, each with the effect it has.",
    example="Look at the load of the database, and restart it if need be.",
)
NO_ESCALATION = Rule(
    "N4",
    Severity.WARN,
    "{page} does not say whom to call, or when.",
    "A person alone with a problem that grows needs to know when to stop trying.",
    "Add a line such as: after 20 minutes call the second on the list; more than 30 minutes is severity 1: declare.",
    example="a page that ends after the restart command",
)
NO_PROOF = Rule(
    "N4",
    Severity.WARN,
    "{page} does not say how to know that it worked, or how to undo what was done.",
    "Without it people go back to bed on hope, or make a second change on top of a first that did harm.",
    "Add `## Know that it worked` with the number to look at, and the command that takes the change back.",
    example="a page that ends with: restart the workers",
)
LEFT_OPEN = Rule(
    "N5",
    Severity.WARN,
    "{page} still has words to be filled in: {found}.",
    "At night a gap in the page is a dead end.",
    "Fill them in, or take the line out.",
    example="Escalation: TBD",
)
SAME_PAGE = Rule(
    "N5",
    Severity.WARN,
    "{first} and {second} say the same, word for word, except for the alert's name.",
    "Two alerts that are answered in the same way are one alert, or one of the pages is not about its alert.",
    "Write what is different about each; or join the alerts and keep one page.",
    example="five pages made from one template, in which only the heading differs",
)
NAMES_NOTHING = Rule(
    "N6",
    Severity.NOTE,
    "The commands of {page} share no name with the alert rules or the kill switches of the package.",
    "Commands of the service itself usually name a metric, a job or a switch that stands elsewhere too. A page of "
    "general commands, or one about another layer (the host, the provider), has none and may be right all the same.",
    "Ask which service the commands are for.",
    audience=Audience.REVIEWER,
    example="a page with `kubectl get pods`, in a package whose service runs on one machine without Kubernetes",
)

SINGLE = (TOO_LONG, NOTHING_TO_DO, PART_MISSING, SHORT, NO_COMMAND, NO_ESCALATION, NO_PROOF, LEFT_OPEN)
BETWEEN = (SAME_PAGE, NAMES_NOTHING)

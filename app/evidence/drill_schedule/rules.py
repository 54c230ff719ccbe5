"""What may be said about a calendar of drills: days are held against each other, and the last against today."""

from __future__ import annotations

from app.evidence.findings import Rule, Severity

NONE = Rule(
    "H1",
    Severity.BLOCK,
    "No drill with a day was found: {what}.",
    "What has no day is not held.",
    "Send a table with these columns: date | scenario | hypothesis | blast radius | abort condition | owner.",
    example="a page on why drills matter",
)
TOO_LONG = Rule(
    "H1",
    Severity.BLOCK,
    "The calendar is not read: {reason}.",
    "A year of drills fits on a page.",
    "Send the table alone, or an iCalendar file with the drills alone.",
    example="an export of a whole wiki in one file",
)
EMPTY_QUARTER = Rule(
    "H1",
    Severity.WARN,
    "No drill in {quarter}, which is one of the four quarters from {first} on.",
    "What is not practised for half a year is no longer known by the people on call.",
    "Plan one drill in each quarter; a repeated event (RRULE:FREQ=MONTHLY;INTERVAL=3) does it in one line.",
    example="drills in February, May and November",
)
MANIFEST = Rule(
    "H1",
    Severity.NOTE,
    "{count} {count:fault|faults} of {tool}: {names}; {repeated} of them by a schedule, the rest when somebody applies "
    "them.",
    "A manifest says what is broken. On which day it is a drill, a calendar says.",
    "Nothing to do, where a calendar stands beside it.",
    example="a PodChaos of Chaos Mesh, a ChaosEngine of Litmus",
)
CRON_GAP = Rule(
    "H1",
    Severity.WARN,
    "By its schedule nothing runs in {missing} of each year ({schedule}).",
    "What is not practised for half a year is no longer known by the people on call.",
    "Let it run in each quarter: `0 9 5 */3 *` is the fifth day of each third month.",
    example="a Schedule of Chaos Mesh with 0 9 1 1,2 *",
)
NOT_EXPANDED = Rule(
    "H1",
    Severity.NOTE,
    "The repetition of {name} is not read ({rule}); its first day counts.",
    "Repetitions by year, month, week and day are read, without further conditions.",
    "Write the four days as four events.",
    example="RRULE:FREQ=MONTHLY;BYDAY=1FR",
)
INCOMPLETE = Rule(
    "H2",
    Severity.WARN,
    "For {count} {count:drill|drills} {missing} is not said: {names}.",
    "A drill without a prediction is a demonstration, and one without an end condition an incident.",
    "Fill in the column; in iCalendar write a line such as `Abort condition: errors above 0.5 %` into DESCRIPTION.",
    example="a table of dates and scenarios",
)
MANIFEST_ALONE = Rule(
    "H2",
    Severity.WARN,
    "{file} is a manifest and no calendar stands beside it: {missing} {count:is|are} not said.",
    "A drill without a prediction is a demonstration, and one without an end condition an incident.",
    "Add a table: date | scenario | hypothesis | blast radius | abort condition | owner; or write them as annotations.",
    example="a Schedule of Chaos Mesh as the only file of the calendar",
)
ALL_ALIKE = Rule(
    "H3",
    Severity.WARN,
    "All {count} drills have the same scenario: {scenario}.",
    "The second time it teaches whether the first was mended; the fourth time nothing.",
    "Let each quarter break another part: an instance, the database, a provider, the people.",
    example="kill one instance, four times",
)
WEEKEND = Rule(
    "H3",
    Severity.WARN,
    "{count} {count:drill is|drills are} on a weekend: {days}.",
    "Drills are held when the people are there who can help, and when there is traffic that shows the effect.",
    "Choose a working day in the morning; or say why the weekend is right for your users.",
    example="2027-02-13, a Saturday",
)
OVER = Rule(
    "H3",
    Severity.WARN,
    "All {count} drills lie in the past: the last was on {last}.",
    "A calendar says what will be practised; one that is over practises nothing.",
    "Add the drills of the next four quarters; those that were held may stay, with what they showed.",
    example="four drills of last year",
)
WITHOUT_ALERT = Rule(
    "H4",
    Severity.NOTE,
    "No drill names one of the package's alerts ({alerts}).",
    "A drill shows whether the alert fires and whether its runbook holds.",
    "Add a column `alert` with the alert that each drill is to set off.",
    example="drills that kill instances, and alerts on payments and queues",
)
WITH_ALERT = Rule(
    "H4",
    Severity.GOOD,
    "{count} of {total} drills {count:names|name} an alert of the package.",
    "A drill shows whether the alert fires and whether its runbook holds.",
    "Nothing to do.",
    example="a column `alert` with PaymentsErrors",
)

SINGLE = (
    NONE,
    TOO_LONG,
    EMPTY_QUARTER,
    MANIFEST,
    CRON_GAP,
    NOT_EXPANDED,
    INCOMPLETE,
    ALL_ALIKE,
    WEEKEND,
    OVER,
)
BETWEEN = (WITHOUT_ALERT, WITH_ALERT, MANIFEST_ALONE)

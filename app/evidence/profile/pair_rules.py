"""What may be said about a profile from before a change and one from after it."""

from app.evidence.findings import Rule, Severity

SAME_PROFILE = Rule(
    "P4",
    Severity.WARN,
    "Before and after are the same profile, to the last sample.",
    "Two recordings never catch the same samples, so one file was sent twice.",
    "Send the profile from before the change and the profile from after it.",
    example="the same recording as text and as text with other line ends",
)
OTHER_PROGRAM = Rule(
    "P4",
    Severity.WARN,
    "Before and after look like profiles of different programs: they share {shared} % of their function names.",
    "A hot spot that is absent from another program was not fixed.",
    "Profile the same service under the same load twice. If the fix replaced most of it, say so.",
    example="a web worker before, a migration script after",
)
OTHER_MEASURE = Rule(
    "P4",
    Severity.WARN,
    "Before and after measure different things: before {before}, after {after}.",
    "Their shares are of different wholes, so a difference between them may be the profiler's.",
    "Record both with the same profiler, options and load.",
    example="cProfile before, py-spy after",
)
NOT_LOWER = Rule(
    "P4",
    Severity.WARN,
    "The hot spot is no smaller: {name} took {before} % by itself before and takes {after} % after.",
    "If this was the fix, the profile does not show it. Work that every request needs keeps its share when all the "
    "rest shrinks as well.",
    "Name the function you changed, or show the time a request takes before and after.",
    example="json.dumps 42 % before and 43 % after",
)
ELSEWHERE = Rule(
    "P4",
    Severity.NOTE,
    "{name} takes {after} % by itself, before {before} %; what shrank is {other}.",
    "The function with most self time is not the one that was improved, and need not be.",
    "Name the function you changed, so that your reviewer looks at the right one.",
    example="the hash function grew while rendering shrank",
)
LOWER = Rule(
    "P4",
    Severity.GOOD,
    "{name}, the hottest function before, fell from {before} % to {after} % of the profile.",
    "The difference is beyond what two recordings of one program differ by.",
    "Nothing to do.",
    example="iterencode 38 % before, 2 % after",
)
DIFFERENCE = Rule(
    "P7",
    Severity.NOTE,
    "By share with what they call, fell most: {fell}. Rose most: {rose}.",
    "Shares are of a whole: when one falls the others rise without becoming slower.",
    "Say which of these your change explains.",
    example="copy_order 45 to 0 %; sign 8 to 61 %",
)
NO_DIFFERENCE = Rule(
    "P7",
    Severity.NOTE,
    "No function's share changed beyond chance.",
    "The two recordings could be of the same version of the program.",
    "Check that the second was made after the change was deployed; record longer if the change is small.",
    example="two recordings of one version",
)
RULES = (
    SAME_PROFILE, OTHER_PROGRAM, OTHER_MEASURE, NOT_LOWER, ELSEWHERE, LOWER, DIFFERENCE, NO_DIFFERENCE,
)  # fmt: skip

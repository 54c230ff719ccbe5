"""What may be said about a plan from before a change and one from after it."""

from app.evidence.findings import Rule, Severity

SAME_PLAN = Rule(
    "E3",
    Severity.BLOCK,
    "Before and after are the same plan, to the last digit.",
    "Two runs never take exactly the same time at every step, so one file was sent twice.",
    "Send the plan from before the change and the plan from after it.",
    example="the same file in both slots",
)
OTHER_QUERY = Rule(
    "E4",
    Severity.WARN,
    "Before and after look like different queries: {detail}.",
    "A faster answer to another question is no improvement.",
    "If you rewrote the query, say so and show both texts; otherwise measure the same query twice.",
    example="before reads orders, after reads users",
)
OTHER_DATA = Rule(
    "E5",
    Severity.WARN,
    "{what}: {before:,.0f} rows before and {after:,.0f} after. Is it the same data set?",
    "A plan over fewer rows is faster without any change.",
    "Measure both plans on the same data, or say why the rows differ.",
    example="before scanned 200,000 rows and after 200",
)
CACHE_ONLY = Rule(
    "E6",
    Severity.WARN,
    "The plan did not change; before read {before:,.0f} blocks from outside the cache and after read {after:,.0f}.",
    "The second run of any query is faster, since its blocks are in memory by then.",
    "Run each version twice and keep the second plan.",
    example="before read 2,598 blocks, after none, same steps",
)
NOT_FASTER = Rule(
    "E8",
    Severity.WARN,
    "Before took {before:,.2f} ms and after {after:,.2f} ms: {detail}.",
    "Single runs of one query differ by ten or twenty per cent even when nothing has changed.",
    "Run each five times and give the median, or show another figure that improved.",
    example="before 120 ms, after 112 ms",
)
FORCED = Rule(
    "E19",
    Severity.WARN,
    "The after plan was made with {detail}; the before plan does not show it.",
    "Switching a plan off by hand shows what the planner avoids; production will not run with it.",
    "Reset the setting and measure again.",
    example="enable_seqscan = off in the after plan only",
)
OTHER_SETTINGS = Rule(
    "E19",
    Severity.NOTE,
    "The after plan names settings that the before plan does not have: {detail}.",
    "A setting can be the change itself, or the reason why the change seems to work.",
    "If it is the change, say so; otherwise measure both plans with the same settings.",
    example="work_mem = 1GB in the after plan only",
)
SAME_STEPS = Rule(
    "E8",
    Severity.WARN,
    "Before and after show the same steps, and one of the plans was not measured.",
    "A plan without times can only show another way to the rows, and this one does not.",
    "Measure both plans, or send the plans from before and after the change that matters.",
    example="the same table scan before and after, printed without ANALYZE",
)
INDEX_LOST = Rule(
    "E8",
    Severity.WARN,
    "Before, {index} served {table}; the plan after the change reads all of it. Are the two files swapped?",
    "A plan without times can only show another way to the rows, and this one shows a longer one.",
    "Send the plan from before the change as the first, or measure both plans if a scan is the faster way.",
    example="a SEARCH before and a SCAN of the same table after",
)
SAVED_HERE = Rule(
    "E33",
    Severity.GOOD,
    "Most of the difference is {what}: {before:,.2f} ms before ({first}) and {after:,.2f} ms after ({second}).",
    "The step that saved the time should be the one that the change was about.",
    "Name this step when you explain why the query is faster.",
    example="orders: 157.2 ms before (Seq Scan on orders), 0.05 ms after (Index Scan on orders)",
)
INDEX_USED = Rule(
    "E23",
    Severity.GOOD,
    "{table} is now read through the index {index} instead of being scanned.",
    "The plan shows the change at work.",
    "Nothing to do.",
    example="orders is now read through orders_user_id_idx",
)
SORT_IN_MEMORY = Rule(
    "E24",
    Severity.GOOD,
    "No sort or hash goes to disk any more; before, {detail}.",
    "The plan shows the change at work.",
    "Nothing to do.",
    example="before an external merge of 17,032 kB, after quicksort",
)
ROWS_KEPT = Rule(
    "E25",
    Severity.GOOD,
    "Rows read in vain fell from {before:,.0f} to {after:,.0f}.",
    "The plan shows the change at work.",
    "Nothing to do.",
    example="199,990 rows were removed by a filter before, none after",
)
FASTER = Rule(
    "E27",
    Severity.GOOD,
    "The query takes {after:,.2f} ms instead of {before:,.2f} ms.",
    "The difference is well above what two runs of one query differ by.",
    "Nothing to do.",
    example="before 163 ms, after 0.2 ms",
)

RULES = (
    SAME_PLAN, OTHER_QUERY, OTHER_DATA, CACHE_ONLY, NOT_FASTER, SAME_STEPS, INDEX_LOST, FORCED, OTHER_SETTINGS,
    INDEX_USED, SORT_IN_MEMORY, ROWS_KEPT, FASTER, SAVED_HERE,
)  # fmt: skip

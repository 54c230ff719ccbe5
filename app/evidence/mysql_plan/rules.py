"""What may be said about one plan of MySQL or MariaDB. Codes mean what they mean for every database."""

from app.evidence.findings import Audience, Rule, Severity

NO_PLAN = Rule(
    "E1",
    Severity.BLOCK,
    "No query plan of MySQL or MariaDB found in this file.",
    "The plan is what shows which work the database did; a query or a picture of a plan cannot be checked.",
    "Run EXPLAIN ANALYZE (MySQL) or ANALYZE FORMAT=JSON (MariaDB) with your query and send all of the output.",
    example="a file that holds only SELECT * FROM orders",
)
ESTIMATE_ONLY = Rule(
    "E2",
    Severity.WARN,
    "This plan is an estimate: the query was not run, so it shows no times and no real rows.",
    "Rows and costs are the optimizer's guess. A claim in milliseconds cannot be compared with them.",
    "Run EXPLAIN ANALYZE (MySQL 8.0.18 and later) or ANALYZE FORMAT=JSON (MariaDB) with the query.",
    example="a table with the column rows and without r_rows",
)
INCONSISTENT = Rule(
    "E9",
    Severity.WARN,
    "Numbers in this plan do not fit together: {detail}.",
    "The server never prints such a pair of numbers, so lines of two runs may have been mixed, or one was edited.",
    "Ask for the plan again, pasted in one piece straight from the client.",
    audience=Audience.REVIEWER,
    example="a step that took 12 ms above a step of 160 ms",
)
CUT_OFF = Rule(
    "E10",
    Severity.WARN,
    "The plan was measured, yet {title} at its end has no figures: part of it may have been cut off.",
    "What is missing may be where the time went.",
    "Send the whole output, for instance with mysql -r -N -e '…' > plan.txt.",
    example="a last line that ends in “(actual time=0.0”",
)
TIME_WENT_HERE = Rule(
    "E11",
    Severity.NOTE,
    "{title} took {ms:,.1f} ms of its own, {percent:.0f} % of the plan.",
    "Time can only be saved where it is spent.",
    "Start with this step when you explain or improve the query.",
    example="Table scan on orders took 145.0 ms of its own, 96 % of the plan",
)
MISESTIMATED = Rule(
    "E12",
    Severity.WARN,
    "The optimizer expected {expected:,.0f} rows from {title} and got {actual:,.0f}.",
    "The join order and the indexes were chosen for a size that is wrong by a factor of {factor:,.0f}.",
    "Run ANALYZE TABLE; for columns without an index, ANALYZE TABLE … UPDATE HISTOGRAM ON … (MySQL).",
    example="expected 10 rows, got 200,000",
)
MISESTIMATED_SOME = Rule(
    "E12",
    Severity.NOTE,
    "The optimizer expected {expected:,.0f} rows from {title} and got {actual:,.0f}, {factor:,.0f} times off.",
    "A guess that is ten times off seldom changes the plan; two of them in one join may.",
    "Nothing, unless the plan is slow above this step; then run ANALYZE TABLE.",
    example="expected 120 rows, got 2,400",
)
THROWN_AWAY = Rule(
    "E13",
    Severity.WARN,
    "{removed:,.0f} of {read:,.0f} rows read by {title} were thrown away by {condition}.",
    "Reading rows in order to drop them is the work an index saves.",
    "Add an index that fits the condition, or say why the scan is right here.",
    example="59,970 of 60,000 rows read by Table scan on orders were thrown away by (orders.user_id = 42)",
)
WASTE_EXPECTED = Rule(
    "E13",
    Severity.WARN,
    "{title} is expected to read {read:,.0f} rows and to keep {filtered:,.2f} % of them.",
    "Reading rows in order to drop them is the work an index saves.",
    "Add an index that fits the condition, and measure the query before and after.",
    example="Table scan on orders: 58,142 rows, filtered 1.00",
)
ON_DISK = Rule(
    "E14",
    Severity.WARN,
    "{title} did not fit in its buffer: it was merged from disk in {passes:,.0f} passes.",
    "Temporary files are slower than memory and make times depend on what else the disk does.",
    "Sort less (an index in the order you want, fewer columns), or raise sort_buffer_size for this query.",
    example="r_sort_passes: 67",
)
REPEATED = Rule(
    "E17",
    Severity.WARN,
    "{title} ran {loops:,.0f} times and took {percent:.0f} % of the time.",
    "One step for every row of another is the N+1 pattern inside the database.",
    "Join or aggregate once instead: fewer rows on the outer side, a hash join, or an index that makes each run cheap.",
    example="Single-row index lookup on users ran 60,000 times",
)
LESS_MEASURED = Rule(
    "E20",
    Severity.NOTE,
    "The plan has real rows and no times.",
    "Rows show the work, but not where the time went.",
    "Run ANALYZE FORMAT=JSON with the query, which prints both.",
    example="the table that ANALYZE prints on MariaDB, with r_rows",
)
FLATTENED = Rule(
    "E22",
    Severity.BLOCK,
    "The indentation of this plan is lost: every arrow starts in the same column.",
    "Which step belongs to which can only be told by the spaces before the arrows.",
    "Paste the plan as plain text again, or send it with FORMAT=JSON.",
    example="lines “-> Filter” and “-> Table scan” that all start at the margin",
)
REFUSED_JSON = Rule(
    "E26",
    Severity.BLOCK,
    "This plan cannot be read: {reason}.",
    "The server prints valid JSON, so something was lost or changed on the way here.",
    "Save the output again in full, for instance with mysql -r -N -e 'EXPLAIN FORMAT=JSON …' > plan.json.",
    example="a JSON plan whose last lines are missing",
)
FULL_SCAN = Rule(
    "E28",
    Severity.WARN,
    "{title} reads the whole table: {rows:,.0f} rows {how}.",
    "A full scan grows with the table, even when the answer does not.",
    "Add an index that fits the condition or the join, or say why all rows are needed.",
    example="type ALL with 58,142 rows",
)
KEY_UNUSED = Rule(
    "E29",
    Severity.NOTE,
    "{title} could use {keys} and uses no index.",
    "The optimizer found that the index would not narrow the rows down enough, or the condition hides the column.",
    "Look for a function or another type around the column, or for an index with more columns of the condition.",
    example="possible_keys: idx_state, key: NULL",
)
SORTED = Rule(
    "E30",
    Severity.NOTE,
    "About {rows:,.0f} rows are {what} ({title}).",
    "Sorting and storing in between costs memory and time, and no row leaves before the last one is in.",
    "An index in the order of ORDER BY or GROUP BY saves it; fewer rows before it make it cheap.",
    example="Using temporary; Using filesort on 58,142 rows",
)

SINGLE = (
    NO_PLAN, ESTIMATE_ONLY, INCONSISTENT, CUT_OFF, TIME_WENT_HERE, MISESTIMATED, MISESTIMATED_SOME, THROWN_AWAY,
    WASTE_EXPECTED, ON_DISK, REPEATED, LESS_MEASURED, FLATTENED, REFUSED_JSON, FULL_SCAN, KEY_UNUSED, SORTED,
)  # fmt: skip

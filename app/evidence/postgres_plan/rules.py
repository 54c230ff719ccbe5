"""What may be said about one plan. Codes are those of the catalogue and are never given to another rule.

Thresholds follow the viewers of the field where they have one (explain.depesz.com and pev2 colour nodes from 10 % of
the time and from a tenfold misestimate on); they stand as constants in `checks.py`.
"""

from app.evidence.findings import Audience, Rule, Severity

NO_PLAN = Rule(
    "E1",
    Severity.BLOCK,
    "No query plan found in this file.",
    "The plan is what shows which work the database did; a query or a picture of a plan cannot be checked.",
    "Run EXPLAIN (ANALYZE, BUFFERS) with your query and send all of the output as text or JSON.",
    example="a file that holds only SELECT * FROM orders",
)
ESTIMATE_ONLY = Rule(
    "E2",
    Severity.WARN,
    "This plan is an estimate: it was made without ANALYZE, so it shows no times and no real rows.",
    "Costs are the planner's guess. A claim in milliseconds cannot be compared with them.",
    "Run EXPLAIN (ANALYZE, BUFFERS) with the query. For writes put it between BEGIN and ROLLBACK.",
    example="Seq Scan on orders  (cost=0.00..3471.00 rows=10 width=40)",
)
INCONSISTENT = Rule(
    "E9",
    Severity.WARN,
    "Numbers in this plan do not fit together: {detail}.",
    "PostgreSQL never prints such a pair of numbers, so lines of two runs may have been mixed, or one was edited.",
    "Ask for the plan again, pasted in one piece straight from the server.",
    audience=Audience.REVIEWER,
    example="Execution Time 12 ms below a root node of 160 ms",
)
CUT_OFF = Rule(
    "E10",
    Severity.WARN,
    "The plan was measured, yet {detail}: part of it may have been cut off.",
    "Without its last lines the total time, triggers and JIT are unknown.",
    "Send the output down to the line “Execution Time”, and leave SUMMARY on.",
    example="ANALYZE figures at every node and no line “Execution Time”",
)
TIME_WENT_HERE = Rule(
    "E11",
    Severity.NOTE,
    "{title} took {ms:,.1f} ms of its own, {percent:.0f} % of the plan.",
    "Time can only be saved where it is spent.",
    "Start with this step when you explain or improve the query.",
    example="Seq Scan on orders took 157.2 ms of its own, 96 % of the plan",
)
MISESTIMATED = Rule(
    "E12",
    Severity.WARN,
    "The planner expected {expected:,.0f} rows from {title} and got {actual:,.0f}.",
    "Joins and sorts above this step were chosen for a size that is wrong by a factor of {factor:,.0f}.",
    "Run ANALYZE on the table; if filters depend on each other, see CREATE STATISTICS.",
    example="expected 10 rows, got 200,000",
)
MISESTIMATED_SOME = Rule(
    "E12",
    Severity.NOTE,
    "The planner expected {expected:,.0f} rows from {title} and got {actual:,.0f}, {factor:,.0f} times off.",
    "A guess that is ten times off seldom changes the plan; two of them under one join may.",
    "Nothing, unless the plan is slow above this step; then run ANALYZE on the table.",
    example="expected 120 rows, got 2,400",
)
THROWN_AWAY = Rule(
    "E13",
    Severity.WARN,
    "{removed:,.0f} of {read:,.0f} rows read by {title} were thrown away by {condition}.",
    "Reading rows in order to drop them is the work an index saves.",
    "Add an index that fits the condition, or say why the scan is right here.",
    example="199,990 of 200,000 rows read were thrown away by (user_id = 4242)",
)
ON_DISK = Rule(
    "E14",
    Severity.WARN,
    "{title} did not fit in memory: {detail}.",
    "Temporary files are slower than memory and make times depend on what else the disk does.",
    "Sort or hash less (an index, a narrower SELECT), or raise work_mem for this query.",
    example="Sort did not fit in memory: 17,032 kB on disk",
)
LOSSY = Rule(
    "E15",
    Severity.WARN,
    "{title} remembered {lossy:,.0f} of {blocks:,.0f} blocks only as a whole, so every row in them was checked again.",
    "The bitmap outgrew work_mem and lost its detail.",
    "Raise work_mem for this query, or make the index condition narrower.",
    example="Heap Blocks: exact=812 lossy=9120",
)
RECHECKED = Rule(
    "E15",
    Severity.WARN,
    "The index gave {title} {read:,.0f} rows, and {removed:,.0f} of them did not fit when the table was looked at.",
    "An index that only narrows the search down leaves the comparing to the table.",
    "Make the condition narrower, or use an index that answers it exactly.",
    example="Rows Removed by Index Recheck: 180,000 for 12 rows",
)
HEAP_VISITED = Rule(
    "E16",
    Severity.WARN,
    "{title} went to the table {fetches:,.0f} times for {rows:,.0f} rows.",
    "An index-only scan may skip the table only for pages that VACUUM has marked as visible to all.",
    "VACUUM the table and measure again.",
    example="Heap Fetches: 9,800 for 10,000 rows",
)
REPEATED = Rule(
    "E17",
    Severity.WARN,
    "{title} ran {loops:,.0f} times and took {percent:.0f} % of the time.",
    "One step for every row of another is the N+1 pattern inside the database.",
    "Join or aggregate once instead: a hash join, a LATERAL with fewer rows, or an index that makes each run cheap.",
    example="Index Scan on users ran 100,000 times",
)
BESIDE_THE_POINT = Rule(
    "E18",
    Severity.NOTE,
    "{detail}.",
    "This part of the time is not the query's own work and can change from run to run.",
    "Mention it when you compare times; an idle server gives missing workers back, SET jit = off leaves JIT out.",
    example="2 workers were planned and 0 launched",
)
LESS_MEASURED = Rule(
    "E20",
    Severity.NOTE,
    "The plan was made without {option}.",
    "{reason}.",
    "Run it once more with EXPLAIN (ANALYZE, BUFFERS), which takes times and counts blocks.",
    example="a measured plan without a line “Buffers:”",
)
FLATTENED = Rule(
    "E22",
    Severity.BLOCK,
    "The indentation of this plan is lost: every arrow starts in the same column.",
    "Which step belongs to which can only be told by the spaces before the arrows.",
    "Paste the plan as plain text again, or use EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON).",
    example="lines “->  Hash Join” and “->  Seq Scan” that both start at the margin",
)
REFUSED_JSON = Rule(
    "E26",
    Severity.BLOCK,
    "This plan cannot be read: {reason}.",
    "PostgreSQL prints valid JSON, YAML and XML, so something was lost or changed on the way here.",
    "Save the output again in full, for instance with psql -XAtq -c '…' > plan.json.",
    example="a JSON plan whose last lines are missing",
)

SINGLE = (
    NO_PLAN, ESTIMATE_ONLY, INCONSISTENT, CUT_OFF, TIME_WENT_HERE, MISESTIMATED, MISESTIMATED_SOME, THROWN_AWAY,
    ON_DISK, LOSSY, RECHECKED, HEAP_VISITED, REPEATED, BESIDE_THE_POINT, LESS_MEASURED, FLATTENED, REFUSED_JSON,
)  # fmt: skip

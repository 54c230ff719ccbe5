"""What may be said about one plan of SQLite. Codes mean what they mean for every database."""

from app.evidence.findings import Rule, Severity

NO_PLAN = Rule(
    "E1",
    Severity.BLOCK,
    "No query plan of SQLite found in this file.",
    "The plan is what shows how the rows are found; a query or a picture of a plan cannot be checked.",
    "Run EXPLAIN QUERY PLAN with your query in the sqlite3 shell and send all of the output.",
    example="a file that holds only SELECT * FROM orders",
)
BYTECODE = Rule(
    "E1",
    Severity.BLOCK,
    "This is the bytecode of the query, not its plan.",
    "EXPLAIN alone lists the instructions of SQLite's virtual machine; which tables it scans is hard to see.",
    "Run EXPLAIN QUERY PLAN, with these three words, and send all of the output.",
    example="a table with the columns addr, opcode, p1, p2, p3",
)
REPEATED = Rule(
    "E17",
    Severity.WARN,
    "{title} reads its table from start to end once for every row of {around}.",
    "One scan for every row of another step is the N+1 pattern inside the database.",
    "Add an index on the column that joins them, so that SCAN becomes SEARCH.",
    example="CORRELATED SCALAR SUBQUERY with SCAN orders below it",
)
STRATEGY_ONLY = Rule(
    "E20",
    Severity.NOTE,
    "This plan shows strategy, not timing: SQLite prints neither rows nor times.",
    "The plan proves that an index is used; how much time that saves it does not say.",
    "Time the query before and after, for instance with .timer on in the sqlite3 shell, and send both outputs.",
    example="QUERY PLAN with SEARCH orders USING INDEX orders_user_id_idx",
)
REFUSED = Rule(
    "E26",
    Severity.BLOCK,
    "This plan cannot be read: {reason}.",
    "No query has a plan like this, so the file holds something else or many copies of it.",
    "Send the output of one EXPLAIN QUERY PLAN.",
    example="a file with 20,000 lines |--SCAN orders",
)
FULL_SCAN = Rule(
    "E28",
    Severity.NOTE,
    "{title} reads the table from start to end.",
    "A scan is right for a small table and for a query that needs all rows; otherwise it grows with the table.",
    "If the query needs few of the rows, add an index that fits its WHERE, so that SCAN becomes SEARCH.",
    example="SCAN orders",
)
SORTED = Rule(
    "E30",
    Severity.NOTE,
    "{title}: rows are collected and sorted before the first one leaves.",
    "A sort holds all rows at once, and a large set goes to a temporary file.",
    "An index in that order saves the sort.",
    example="USE TEMP B-TREE FOR ORDER BY",
)
AUTOMATIC_INDEX = Rule(
    "E31",
    Severity.WARN,
    "{title} builds an index for this one query and throws it away afterwards.",
    "Building it reads and sorts the table at every run.",
    "Create the index once: CREATE INDEX … ON {table} with the columns {columns}.",
    example="SEARCH users USING AUTOMATIC COVERING INDEX (id=?)",
)

SINGLE = (NO_PLAN, BYTECODE, REPEATED, STRATEGY_ONLY, REFUSED, FULL_SCAN, SORTED, AUTOMATIC_INDEX)

"""What is said of a capacity table; the plan says some of it of its own tables too."""

from __future__ import annotations

from app.evidence.findings import Rule, Severity

NO_TABLE = Rule(
    "Q2",
    Severity.BLOCK,
    "No row gives the capacity of a number of users: {what}.",
    "Claims about each milestone are held against the rows of this table.",
    "Write one row for each milestone, with the columns users, peak_rps, peak_factor, storage_gb, cost_usd.",
    example="a CSV file without a column named users",
)
STAGE_MISSING = Rule(
    "Q2",
    Severity.WARN,
    "The table has no row for {missing} users.",
    "The four milestones of the plan are 100, 1,000, 10,000 and 100,000 daily users.",
    "Add a row for each; when your plan has other milestones, say in it why.",
    example="rows for 100, 1,000 and 10,000 users only",
)
ROW_SUM = Rule(
    "Q3",
    Severity.WARN,
    "At {users} users {text} = {recomputed}, the table says {written}.",
    "A number of the table should follow from others in its row, and does not.",
    "Compute the row again; when another factor belongs in, give it a column.",
    example="users 100000, requests_per_user 20, peak_factor 5, peak_rps 1157",
)
NO_FACTOR = Rule(
    "Q4",
    Severity.WARN,
    "The table has no peak factor.",
    "A day's mean hides the busiest hour; capacity is for the peak.",
    "Add a column peak_factor: the busiest minute divided by the mean of the day.",
    example="columns users, mean_rps, storage_gb, cost_usd",
)
ODD_FACTOR = Rule(
    "Q4",
    Severity.NOTE,
    "The peak factor at {users} users is {factor}; most services lie between 2 and 10.",
    "Below 2 the busiest hour is hardly busier than the night; above 10 the traffic comes in bursts.",
    "Say in the plan where it comes from, a measurement best.",
    example="peak_factor 1",
)
LITTLE = Rule(
    "Q5",
    Severity.WARN,
    "At {users} users {rate} requests/s x {latency} ms = {needed} in flight, and {what} is {given}.",
    "By Little's law the requests in flight are rate x time; with fewer places than that, requests wait.",
    "Raise it, or show that a request takes less time.",
    example="115 requests/s of 200 ms with a pool of 10",
)
POOL_OVER = Rule(
    "Q5",
    Severity.WARN,
    "At {users} users {pool} connections are opened, and the database allows {limit}.",
    "Connections above the limit are refused, at the peak first.",
    "Make the pools smaller, put a pooler between, or raise max_connections with the memory it needs.",
    example="pool 20 on 10 instances and max_connections 100",
)
NO_GROWTH = Rule(
    "Q6",
    Severity.WARN,
    "The table has no {what}.",
    "Storage grows while everything else stays; what goes out is often what costs most.",
    "Add the column, with the unit in its name: storage_gb, egress_gb.",
    example="columns users, peak_rps, peak_factor, cost_usd",
)
SHRINKS = Rule(
    "Q7",
    Severity.WARN,
    "{what} falls from {before} at {fewer} users to {after} at {users}.",
    "More users do not need less; one of the two rows is likely mistyped.",
    "Correct the row, or say in the plan what makes it smaller.",
    example="storage 40 GB at 1,000 users and 4 GB at 10,000",
)
OTHER_COST = Rule(
    "Q7",
    Severity.WARN,
    "At {users} users {table} has a cost of {written}; {sheet} comes to {cost} a month for about the same traffic "
    "({mean} and {rate} requests/s).",
    "Two answers to what a month costs leave a reader without one.",
    "Take the cost of the sheet, or say in the plan what the sheet leaves out.",
    example="60 in the table and 95 in the cost sheet, both for 2.3 requests/s",
)
NO_UNIT = Rule(
    "Q9",
    Severity.NOTE,
    "The column {column} names no unit.",
    "500 may be MB or GB, and a reader has to guess.",
    "Put the unit into the head: storage_gb, cost_usd, latency_ms.",
    example="a column named storage",
)

RULES = (
    NO_TABLE,
    STAGE_MISSING,
    ROW_SUM,
    NO_FACTOR,
    ODD_FACTOR,
    LITTLE,
    POOL_OVER,
    NO_GROWTH,
    SHRINKS,
    OTHER_COST,
    NO_UNIT,
)

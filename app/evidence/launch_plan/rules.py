"""What is said of a launch plan."""

from __future__ import annotations

from app.evidence.findings import Rule, Severity

UNREADABLE = Rule(
    "Q1",
    Severity.WARN,
    "The plan cannot be read: {reason}.",
    "Neither the checks nor a search can see what is in it.",
    "Upload the source of the document as Markdown: `pandoc plan.docx --to gfm --output plan.md`.",
    example="a PDF made of scanned pages",
)
NO_PLAN = Rule(
    "Q1",
    Severity.WARN,
    "No part of a launch plan was found in it, and none of the four milestones.",
    "What is rated is the start, four milestones, arithmetic, what comes first, what goes wrong, and objectives.",
    "Upload the plan; give each part a heading.",
    example="a README without milestones",
)
PART_MISSING = Rule(
    "Q1",
    Severity.WARN,
    "These parts of the brief were not found: {missing}.",
    "Each of the six parts is rated by a line of its own.",
    "Write what is missing, or give it a heading that names it.",
    example="a plan without objectives",
)
STAGE_MISSING = Rule(
    "Q2",
    Severity.WARN,
    "No heading or row names the milestone of {missing} users.",
    "At each of the four something else breaks first.",
    "Give each milestone a heading with its number of users.",
    example="headings for 100, 1,000 and 100,000 users",
)
SUM = Rule(
    "Q3",
    Severity.WARN,
    "{text} = {recomputed}, you wrote {written}.",
    "The numbers that follow from it are wrong by the same factor.",
    "Compute it again; write every factor and unit into the line.",
    example="100,000 x 20 / 86,400 x 5 = 1,157",
)
SUMS_AGREE = Rule(
    "Q3",
    Severity.GOOD,
    "Every sum of the plan was computed again and agrees ({count}).",
    "Whoever reads the plan can rely on its arithmetic.",
    "Nothing to do.",
    example="a plan with ten chains, all right",
)
NO_PEAK = Rule(
    "Q4",
    Severity.WARN,
    "The plan never speaks of the peak.",
    "A day's mean hides the busiest hour; what is built for the mean fails in it.",
    "Multiply the mean by a peak factor, and say where the factor comes from.",
    example="10,000 x 20 / 86,400 = 2.3 requests/s, and nothing more",
)
ODD_FACTOR = Rule(
    "Q4",
    Severity.NOTE,
    "The peak factor is {factor}; most services lie between 2 and 10.",
    "Below 2 the busiest hour is hardly busier than the night; above 10 the traffic comes in bursts.",
    "Say where it comes from, a measurement best.",
    example="a peak factor of 25",
)
NO_CONCURRENCY = Rule(
    "Q5",
    Severity.WARN,
    "The plan never speaks of requests in flight or connections.",
    "Rate x time is what workers, pools and the database have to hold (Little's law).",
    "Compute it for each milestone: 116 requests/s x 0.2 s = 23 in flight.",
    example="a plan that sizes everything by requests a day",
)
POOL_OVER = Rule(
    "Q5",
    Severity.WARN,
    "The plan opens {pool} connections where max_connections is {limit}.",
    "Connections above the limit are refused, at the peak first.",
    "Make the pools smaller, put a pooler between, or raise max_connections with the memory it needs.",
    example="3 x 80 = 240 of max_connections = 100",
)
NO_GROWTH = Rule(
    "Q6",
    Severity.WARN,
    "The plan says nothing of {what}.",
    "Storage grows while everything else stays; what goes out is often what costs most.",
    "Compute bytes per row x rows per day x days, and bytes per page x pages per month.",
    example="a plan without a word on bytes out",
)
TABLE_DIFFERS = Rule(
    "Q7",
    Severity.WARN,
    "At {users} users the table {table} has {what}, the plan {plan}.",
    "The same number written twice has come apart; a reader cannot tell which one is meant.",
    "Keep the number in the table and let the text refer to it.",
    example="peak_rps 116 in the table and 231 requests/s in the text",
)
COUNT = Rule(
    "Q8",
    Severity.WARN,
    "The plan lists {count} {count:thing|things} {what}; three are asked for.",
    "Three in order make a decision; more are a list of everything.",
    "Keep the three that come first.",
    example="five things to add first",
)
NO_SIGN = Rule(
    "Q8",
    Severity.NOTE,
    "Nothing was recognised that would show this mistake: \u201c{text}\u201d.",
    "A mistake is found by what a dashboard, a log or a bill shows.",
    "Name the sign with its value, for example p99 above 300 ms for a day.",
    example="We will cache too much.",
)
NO_UNIT = Rule(
    "Q9",
    Severity.NOTE,
    "{count} {count:result has|results have} no unit, the first is {text} = {written}.",
    "115.7 may be per second or per day, requests or users.",
    "Write the unit behind every result.",
    example="100,000 x 20 / 86,400 = 23.1",
)

RULES = (
    UNREADABLE, NO_PLAN, PART_MISSING, STAGE_MISSING, SUM, SUMS_AGREE, NO_PEAK, ODD_FACTOR, NO_CONCURRENCY,
    POOL_OVER, NO_GROWTH, TABLE_DIFFERS, COUNT, NO_SIGN, NO_UNIT,
)  # fmt: skip

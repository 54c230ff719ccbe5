"""The rules for cost sheets that can be read; `refusals` has those for files that cannot.

C1 to C7 are the checks of arithmetic, traffic, formulas, stored results, lines, units and change; C8 says what was
looked for and not found, so that a claim stays open for a reason its author can mend.
"""

from app.evidence.cost_sheet.refusals import REFUSALS
from app.evidence.findings import Rule, Severity

DIFFERENT_QUOTIENT = Rule(
    "C1",
    Severity.WARN,
    "{group}: {cost} / {requests} = {divided}; the sheet says {said} in {ref}.{guess}",
    "A cost per request that is not the quotient of the two numbers beside it cannot be compared with anything.",
    "Let the cell compute it from the cost and the requests of the same period, and correct the claim with it.",
    example="$412 / 38.2M requests = $0.0000108; the sheet says $0.00018 (per month against per day?)",
)
DIFFERENT_SUM = Rule(
    "C1",
    Severity.WARN,
    "{group}: the lines {parts} add up to {total}; the sheet says {said} in {ref}.",
    "A total that leaves out a line, or counts one twice, makes every quotient below it wrong.",
    "Let the total be a SUM over the lines.",
    example="lines of $310, $420 and $60 under a total of $933",
)
UNEQUAL_PERIODS = Rule(
    "C1",
    Severity.WARN,
    "{group}: the cost is for a {cost_period} ({cost_ref}) and the requests for a {request_period} ({request_ref}).",
    "Dividing them gives a cost per request that is too high or too low by the number of {request_period}s "
    "in a {cost_period}.",
    "Give both for the same period.",
    example="the bill of a month over the requests of a day",
)
PEAK_FOR_MEAN = Rule(
    "C2",
    Severity.WARN,
    "{group}: {requests} requests a {period} are the peak of {peak} a second kept up all the time.",
    "Traffic has nights; at its mean the same cost serves fewer requests, and each of them costs more.",
    "Use the mean rate, or divide the peak by the peak factor of your traffic.",
    example="518M requests a month from a peak of 200 a second, with a mean of 40 in the row below",
)
OTHER_TRAFFIC = Rule(
    "C2",
    Severity.WARN,
    "{group}: {requests} requests a {period} are {rate} a second on average; {file} measured {measured} a second, "
    "{ratio} times as many.",
    "The cost per request rests on the number of requests, and nothing in the sheet says how the two belong together.",
    "Say it in the sheet: a row `peak factor`, or where the number of requests was read (`source: access log of "
    "November`).",
    example="31.1M requests a month are 12 a second; the load test ran at 200",
)
MORE_THAN_MEASURED = Rule(
    "C2",
    Severity.WARN,
    "{group}: {requests} requests a {period} are {rate} a second on average; {file} measured only {measured} a second.",
    "A mean above what was measured makes each request look cheaper than anything in the evidence shows.",
    "Multiply the measured rate by the seconds of the period, or say where the number of requests was read.",
    example="518M requests a month are 200 a second; the load test reached 80",
)
EXPLAINED_TRAFFIC = Rule(
    "C2",
    Severity.NOTE,
    "{group}: {requests} requests a {period} are {rate} a second on average, {file} measured {measured}. "
    "The sheet says: {source}",
    "A load test may run faster than the traffic it stands for, when the traffic was counted elsewhere.",
    "Nothing to do.",
    example="12 requests a second from the access log beside a load test at 200",
)
SAME_TRAFFIC = Rule(
    "C2",
    Severity.GOOD,
    "{group}: {requests} requests a {period} fit the {measured} a second measured in {file}{how}.",
    "The number of requests in the sheet and the load evidence tell the same story.",
    "Nothing to do.",
    example="31.1M requests a month beside a load test at 11.9 a second",
)
TYPED_AMONG_FORMULAS = Rule(
    "C3",
    Severity.WARN,
    "{ref} is typed in ({value}); {others} are formulas.",
    "A number typed over a formula does not follow when its inputs change.",
    "Copy the formula of a neighbour into the cell.",
    example="D7 is typed in; D2:D6 and D8 are formulas",
)
OTHER_FORMULA = Rule(
    "C3",
    Severity.WARN,
    "{ref} computes something else ({formula}) than {others} ({pattern}).",
    "One formula that differs from its neighbours is most often a range that did not grow or a cell that slipped.",
    "Copy the formula of a neighbour into the cell, or write beside it why it differs.",
    example="D7 is =B7/C6 where its neighbours divide by the cell in their own row",
)
NO_REFERENCES = Rule(
    "C3",
    Severity.NOTE,
    "{ref} is a formula of typed numbers ({formula}).",
    "A reader cannot see what the numbers in it are, and they do not follow when the sheet changes.",
    "Give each number its own cell with a name beside it.",
    example="=933/31100000",
)
OTHER_VALUE = Rule(
    "C4",
    Severity.WARN,
    "{ref} shows {stored}, and its formula {formula} gives {computed}.",
    "The stored result is older than the numbers it rests on, so the sheet and its export do not agree.",
    "Recalculate the workbook (Ctrl+Shift+F9 in LibreOffice, Ctrl+Alt+F9 in Excel) and save it.",
    example="a workbook edited by a program that does not calculate",
)
NO_VALUES = Rule(
    "C4",
    Severity.WARN,
    "The workbook holds {formulas} {formulas:formula|formulas} and no results; {computed} of them "
    "{computed:was|were} computed here.",
    "It was written by a program that does not calculate, so some viewers show empty cells.",
    "Open it in a spreadsheet and save it once.",
    example="a workbook written by a script",
)
NOT_COMPUTED = Rule(
    "C4",
    Severity.NOTE,
    "{refs} could not be computed again here ({formula}).",
    "Their stored results were believed as they stand.",
    "Nothing to do. Sums, products, ROUND, IF, lookups for the very value and conditional sums are computed.",
    example="=OFFSET(C2,1,0)",
)
CELL_ERROR = Rule(
    "C4",
    Severity.WARN,
    "{ref} shows {error}{more}.",
    "A cell with an error has no value, and neither has anything computed from it.",
    "Correct the reference or the divisor in {ref}, and save the sheet again.",
    example="#DIV/0! in the cost per request, because the requests are in another row",
)
CIRCULAR = Rule(
    "C4",
    Severity.WARN,
    "{ref} reads itself, directly or through other cells ({formula}).",
    "A formula in a circle has no value.",
    "Take the cell out of the range it sums over.",
    example="=SUM(B2:B9) in B9",
)
LINKED = Rule(
    "C4",
    Severity.WARN,
    "Formulas read another workbook ({links}).",
    "Your reviewer does not have that workbook and cannot follow the number to its source.",
    "Copy the values you need into a sheet of this workbook, with their source.",
    example="=[prices.xlsx]EC2!B4",
)
CONCEALED = Rule(
    "C4",
    Severity.WARN,
    "Numbers stand in {what} ({refs}).",
    "A reader sees the result and not what it was computed from.",
    "Show them again, or move them to a sheet of their own that is not hidden.",
    example="rows 12 to 30 are hidden",
)
MISSING_LINE = Rule(
    "C5",
    Severity.WARN,
    "{group}: no line for {missing}. There are lines for {present}.",
    "At 100,000 users a day data transfer is often among the three largest, and logs grow with every request.",
    "Add the line, with 0 and the reason when it costs nothing.",
    example="compute, database and storage, and no line for data transfer",
)
NO_LINES = Rule(
    "C5",
    Severity.NOTE,
    "The sheet gives totals only: it cannot be seen whether {missing} are in them.",
    "A total without its lines cannot be checked, and the change of one line disappears in it.",
    "Add a column or a row for each line of the bill; the total is their sum.",
    example="one cost for each layer and no lines",
)
MIXED_CURRENCIES = Rule(
    "C6",
    Severity.WARN,
    "Amounts are in {first} ({first_ref}) and in {second} ({second_ref}).",
    "Amounts of different currencies cannot be added or compared.",
    "Convert all of them into one, and write the rate and its date beside it.",
    example="the database in EUR, data transfer in USD",
)
MIXED_CENTS = Rule(
    "C6",
    Severity.NOTE,
    "Some amounts are in cents ({cents_ref}), others in whole units ({whole_ref}).",
    "Mixing the two is how a factor of 100 comes in.",
    "Use one unit in the whole sheet; a cost per 1,000 or per million requests keeps small numbers readable.",
    example="a bill in dollars and a cost per request in cents",
)
MIXED_HOURS = Rule(
    "C6",
    Severity.WARN,
    "A month has {first} hours in {first_ref} and {second} hours in {second_ref}.",
    "720, 730 and 744 hours differ by 3 %, as much as some of the changes you want to show.",
    "Use one number for all lines; 730 is what price lists use.",
    example="720 hours for compute, 744 for the database",
)
NO_SOURCE = Rule(
    "C6",
    Severity.WARN,
    "Nothing in the sheet says where the prices come from and from what day.",
    "Prices differ by region and change; without a source nobody can look them up again.",
    "Add a column or a row `price source`, for example `price list of eu-central-1, 2026-11-01`.",
    example="amounts without a link, a price list or a date",
)
CHEAPER = Rule(
    "C7",
    Severity.GOOD,
    "{layer}: {before} before and {after} after for a request, {change}.",
    "This is what the fix is worth.",
    "Nothing to do.",
    example="$0.0000300 before, $0.0000165 after",
)
NOT_CHEAPER = Rule(
    "C7",
    Severity.NOTE,
    "{layer}: {before} before and {after} after for a request, {change}.",
    "A fix may cost money and still be worth it; say what it buys.",
    "Write in your notes what the difference pays for.",
    example="$0.0000165 before, $0.0000180 after, with a p99 that fell by half",
)
TRAFFIC_FELL = Rule(
    "C7",
    Severity.NOTE,
    "{layer}: the cost fell by {cost_share} % and the requests by {request_share} %: the bill shrank with the traffic.",
    "Less traffic costs less without any fix.",
    "Compare the cost per request, and use the same number of requests on both sides where you can.",
    example="a bill of $933 for 31M requests, then $500 for 17M",
)
TRAFFIC_ROSE = Rule(
    "C7",
    Severity.NOTE,
    "{layer}: the cost is the same on both sides and the requests rose by {request_share} %: the gain is traffic.",
    "The same machine serving more requests is a gain when it could not have served them before.",
    "Show it with the throughput of the load test before and after.",
    example="$933 for 31M requests, then $933 for 56M",
)
NOT_FOUND = Rule(
    "C8",
    Severity.WARN,
    "No row or column says {what} for {groups}.",
    "What is not found cannot be computed again, and the claim rests on a typed number or on none.",
    "Name it like this: {name}.",
    example="a sheet with costs and no requests",
)
NO_SIDES = Rule(
    "C8",
    Severity.WARN,
    "The sheet does not say which {what}.",
    "Each fix needs its own cost per request, before and after, and nothing tells here which numbers belong to which.",
    "Add a column {name}.",
    example="two rows of costs without `before` and `after`",
)
TWO_VALUES = Rule(
    "C8",
    Severity.NOTE,
    "{group}: {what} is given more than once with different values ({refs}); the first was used.",
    "A reader does not know which of them to believe.",
    "Keep one, or name the others differently.",
    example="two totals in one block",
)

RULES: tuple[Rule, ...] = (
    *REFUSALS,
    DIFFERENT_QUOTIENT, DIFFERENT_SUM, UNEQUAL_PERIODS,
    PEAK_FOR_MEAN, OTHER_TRAFFIC, MORE_THAN_MEASURED, EXPLAINED_TRAFFIC, SAME_TRAFFIC,
    TYPED_AMONG_FORMULAS, OTHER_FORMULA, NO_REFERENCES,
    OTHER_VALUE, NO_VALUES, NOT_COMPUTED, CELL_ERROR, CIRCULAR, LINKED, CONCEALED,
    MISSING_LINE, NO_LINES,
    MIXED_CURRENCIES, MIXED_CENTS, MIXED_HOURS, NO_SOURCE,
    CHEAPER, NOT_CHEAPER, TRAFFIC_FELL, TRAFFIC_ROSE,
    NOT_FOUND, NO_SIDES, TWO_VALUES,
)  # fmt: skip

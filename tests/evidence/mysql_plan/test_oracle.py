"""MariaDB is the oracle: the plan read from one form is the plan it prints in every other form."""

import functools
import gzip
import json

from app.evidence.findings import Severity
from app.evidence.mysql_plan import checks
from app.evidence.mysql_plan.reading import read
from app.evidence.plans.shape import walk
from tests.evidence.mysql_plan.oracle import DOCUMENTS, SAMPLE, TABLES, fault

FORMS = (*TABLES, *DOCUMENTS)


@functools.cache
def rows():
    with gzip.open(SAMPLE, "rt", encoding="utf-8") as lines:
        return tuple(json.loads(line) for line in lines)


def test_every_form_of_one_plan_says_the_same():
    faults = {f"{row['query']} {row['verb']}": fault(row) for row in rows()}

    assert len(faults) == 56
    assert {where: found for where, found in faults.items() if found} == {}


def test_the_comparison_notices_a_changed_figure():
    row = next(row for row in rows() if (row["query"], row["verb"]) == ("eq_ref", "analyze"))

    assert fault(row) == ""
    assert fault({**row, "tabs": row["tabs"].replace("\t2000.00\t", "\t1900.00\t")}).startswith(
        "measured of tabs"
    )
    assert fault({**row, "box": row["box"].replace("| ALL ", "| ref ")}).startswith("tables of tabs")


def test_no_true_plan_is_called_inconsistent_or_blocked():
    accused = [
        (row["query"], form, finding.code)
        for row in rows()
        for form in FORMS
        for plan in read(row[form])
        for finding in checks.findings(plan)
        if finding.code == "E9" or finding.severity is Severity.BLOCK
    ]

    assert accused == []


def test_times_add_up_to_what_the_server_measured():
    for row in rows():
        if row["verb"] == "analyze":
            (plan,) = read(row["json"])
            own = sum(node["exclusive_ms"] or 0.0 for node in walk(plan["root"]))
            assert own <= (plan["execution_ms"] or own) * 1.2 + 1.0

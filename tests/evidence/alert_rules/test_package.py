"""Alerts beside runbooks and objectives: counted, tied together by name, computed again."""

from decimal import Decimal
from pathlib import Path

import pytest

from app.evidence import registry
from app.evidence.alert_rules import promql, recorded
from app.evidence.alert_rules.runbooks import matched
from app.evidence.claims import Claim, FileFacts
from app.evidence.comparison import compare
from app.evidence.ledger import reckon
from app.evidence.source import Source

EVIDENCE = Path(registry.__file__).parent
NAMES = (
    "PaymentsBudgetBurnsFast",
    "PaymentsBudgetBurnsSlowly",
    "CheckoutSlow",
    "ShopUnreachable",
    "OrdersStuck",
)


def file(slot, kind, name):
    path = EVIDENCE / kind / "samples" / name
    return FileFacts(slot, name, kind, name, registry.inspect(Source(name, path), kind).facts)


RUNBOOK = file("runbooks", "runbook", "clean-payments.md").facts


def page(name, **facts):
    """The facts of a real runbook under another name and with other headings."""
    empty = {"title": "", "alerts": [], "sections": [], "body": name}
    return FileFacts("runbooks", name, "runbook", name, {**RUNBOOK, **empty, **facts})


def claim(metric, value, unit, slot, layer=""):
    return Claim(f"{metric}-{layer}", metric, metric, Decimal(value), unit, slot, "", layer)


RULES = file("alert-rules", "alert_rules", "clean-oncall.yaml")
OBJECTIVES = file("slo", "slo_document", "clean-table.md")
PAGES = [page(f"runbooks/{name}.md") for name in NAMES]
WITHOUT = claim("alerts_without_runbook", "0", "count", "alert-rules")


def said(files, claims=(WITHOUT,)):
    return [
        (found.code, str(found.severity)) for found in compare(files, claims) if found.code.startswith("A")
    ]


def verdict(files, *claims):
    return [(row.verdict, row.recomputed) for row in reckon(claims, files)]


def test_a_whole_package_is_praised_and_agrees():
    assert said([RULES, OBJECTIVES, *PAGES]) == [("A4", "good")]
    assert verdict([RULES, *PAGES], WITHOUT) == [("agrees", 0.0)]


def test_a_missing_runbook_is_named_and_counted():
    files = [RULES, OBJECTIVES, *PAGES[:-1]]

    (found,) = [one for one in compare(files, [WITHOUT]) if one.code == "A4"]

    assert found.message == "1 of 5 alerts has no runbook: OrdersStuck."
    assert verdict(files, WITHOUT) == [("contradicts", 1.0)]


def test_notes_that_bear_the_name_of_an_alert_are_its_page_and_others_are_not():
    def notes(name, title):
        return FileFacts("runbooks", name, "markdown", name, {"title": title, "words": 80, "sections": []})

    by_name = notes("runbooks/orders-stuck.md", "What to do")
    by_title = notes("page-five.md", "Runbook: OrdersStuck")
    about_it = notes("page-five.md", "Notes on OrdersStuck and other things")

    assert [verdict([RULES, *PAGES[:-1], one], WITHOUT) for one in (by_name, by_title, about_it)] == [
        [("agrees", 0.0)],
        [("agrees", 0.0)],
        [("contradicts", 1.0)],
    ]


def test_before_a_runbook_is_there_nothing_is_counted():
    (row,) = reckon([WITHOUT], [RULES])

    assert (row.verdict, "no runbook that could be read" in row.reason) == ("unchecked", True)


@pytest.mark.parametrize(
    "runbook",
    [
        page("payments-budget-burns-slowly.markdown"),
        page("all.md", title="Runbook: Payments budget burns slowly"),
        page("all.md", alerts=["PaymentsBudgetBurnsSlowly"]),
        page("all.md", sections=[{"title": "What to do when PaymentsBudgetBurnsSlowly fires"}]),
        page("all.md", sections=["paymentsbudgetburnsslowly"]),
    ],
)
def test_a_runbook_is_found_by_name_title_list_heading_and_anchor(runbook):
    assert matched([RULES, runbook]).inside == ("PaymentsBudgetBurnsSlowly",)


def test_an_ordinary_word_of_a_heading_is_no_name():
    assert matched([RULES, page("all.md", title="Checkout slow and other stories")]).inside == ()


def test_few_alerts_and_causes_only_are_named_for_the_package_alone():
    alerts = [{**RULES.facts["alerts"][4], "name": name, "about": "cause"} for name in NAMES[:3]]
    causes = FileFacts("alert-rules", "a.yaml", "alert_rules", "a", {"alert_count": 3, "alerts": alerts})

    assert said([causes, *PAGES]) == [("A2", "warn"), ("A9", "warn"), ("A4", "good")]
    assert said([causes], claims=()) == []


def test_the_budget_of_a_rule_is_that_of_an_objective():
    other = FileFacts(
        "slo",
        "slo.md",
        "slo_document",
        "x",
        {"objectives": [{**OBJECTIVES.facts["objectives"][0], "target": 0.995}]},
    )

    found = [one.message for one in compare([RULES, other, *PAGES], [WITHOUT]) if one.code == "A10"]

    assert found == [
        f"{name} uses the budget 0.001, that of 99.9 %; the objectives say 99.5 %." for name in NAMES[:2]
    ]


def test_a_bare_threshold_is_computed_from_the_objectives():
    burns = [
        {"window_s": window, "threshold": 0.02, "factor": None, "budget": None} for window in (3600.0, 300.0)
    ]
    alert = {**RULES.facts["alerts"][0], "burns": burns, "annotations": {}}
    rules = FileFacts("alert-rules", "a.yaml", "alert_rules", "a", {"alert_count": 5, "alerts": [alert]})
    only = FileFacts("slo", "slo.md", "slo_document", "x", {"objectives": OBJECTIVES.facts["objectives"][:1]})

    (found,) = [one for one in compare([rules, only], []) if one.code == "A10"]

    assert found.message.endswith("14.4 x (1 - 0.999) = 0.0144, your rule uses 0.02 over 1h.")


def test_no_alert_for_any_objective_is_said():
    plain = FileFacts(
        "alert-rules", "a.yaml", "alert_rules", "a", {"alert_count": 5, "alerts": RULES.facts["alerts"][4:]}
    )

    assert ("A11", "warn") in said([plain, OBJECTIVES, *PAGES])
    assert ("A11", "warn") not in said([RULES, OBJECTIVES, *PAGES])


@pytest.mark.parametrize(
    ("value", "layer", "expected"),
    [
        ("99.9", "availability", "agrees"),
        ("99.95", "availability", "contradicts"),
        ("99", "latency", "agrees"),
    ],
)
def test_a_target_is_exact_and_of_its_layer(value, layer, expected):
    assert [found for found, _ in verdict([OBJECTIVES], claim("slo_target", value, "%", "slo", layer))] == [
        expected
    ]


def test_windows_agree_with_any_month():
    month = file("slo", "slo_document", "clean-month.md")

    assert verdict([OBJECTIVES], claim("window", "30", "days", "slo", "availability")) == [("agrees", 30.0)]
    assert verdict([OBJECTIVES], claim("window", "28", "days", "slo", "availability")) == [
        ("contradicts", 30.0)
    ]
    assert [one for one, _ in verdict([month], claim("window", "31", "days", "slo", "availability"))] == [
        "agrees"
    ]


def test_pages_that_reach_nobody_are_named():
    nowhere = file("routes", "alertmanager", "A13-trigger-nowhere.yml")
    fine = file("routes", "alertmanager", "clean-alertmanager.yml")

    assert [one.message for one in compare([RULES, nowhere], []) if one.code == "A13"] == [
        "3 alerts of the package that are to wake somebody reach only receivers that tell nobody: "
        "PaymentsBudgetBurnsFast, CheckoutSlow, ShopUnreachable."
    ]
    assert [one for one in compare([RULES, fine], []) if one.code == "A13"] == []


@pytest.mark.parametrize(
    "text", ["(" * 5000 + "x" + ")" * 5000, "a" + "+a" * 20000, "-" * 5000 + "x", "2" + "^2" * 5000]
)
def test_an_expression_that_would_end_the_parser_is_not_given_to_it(text):
    with pytest.raises(promql.NotRead):
        promql.parse(text)


@pytest.mark.parametrize(
    ("text", "value"), [("14.4 * (1 - 0.999)", 0.0144), ("-(3 / 2)", -1.5), ("1 / 0", None), ("x * 2", None)]
)
def test_constants_are_computed(text, value):
    assert promql.constant(promql.parse(text)) == (value if value is None else pytest.approx(value))


@pytest.mark.parametrize("text", ["Inf", "-Inf", "NaN", "1e308 * 10", "Inf - Inf"])
def test_what_is_not_finite_is_no_constant(text):
    assert promql.constant(promql.parse(text)) is None


def busy(per_s, written):
    facts = {
        "objectives": OBJECTIVES.facts["objectives"],
        "traffic": {"per_s": per_s, "written": written, "line": 4},
    }
    return FileFacts("slo", "slo.md", "slo_document", "x", facts)


def fired(*files):
    return [one.message for one in compare([RULES, *files, *PAGES], [WITHOUT]) if one.code == "A12"]


def test_one_error_of_little_traffic_is_computed():
    assert fired(busy(600 / 86_400, "600 requests a day")) == [
        "One failed request fires PaymentsBudgetBurnsFast: at 600 requests a day (slo.md, line 4) its window of 1h "
        "holds 25 requests, and one of them is 4 %, above the 1.44 % that it waits for.",
        "One failed request fires PaymentsBudgetBurnsSlowly: at 600 requests a day (slo.md, line 4) its window of 6h "
        "holds 150 requests, and one of them is 0.667 %, above the 0.6 % that it waits for.",
    ]


def test_enough_traffic_or_none_that_is_named_says_nothing():
    assert fired(busy(70 / 3600, "70 requests an hour")) == []
    assert fired(OBJECTIVES) == []


def test_an_alert_that_asks_for_a_number_of_errors_too_is_left_alone():
    alert = RULES.facts["alerts"][0]
    guarded = {**alert, "expr": f"{alert['expr']} and sum(increase(payments_total[1h])) > 100"}
    rules = FileFacts("alert-rules", "a.yaml", "alert_rules", "a", {"alert_count": 5, "alerts": [guarded]})

    assert [one for one in compare([rules, busy(0.001, "86 requests a day")], []) if one.code == "A12"] == []


@pytest.mark.parametrize(("series", "is_said"), [("job:errors:rate5m", False), ("job:errors:rate_5m", True)])
def test_a_series_that_no_rule_of_the_package_records_is_named(tmp_path, series, is_said):
    path = tmp_path / "rules.yaml"
    path.write_text(
        "groups:\n- name: shop\n  rules:\n"
        "  - record: job:errors:rate5m\n    expr: sum by (job) (rate(errors_total[5m]))\n"
        f"  - alert: Errors\n    expr: {series} > 1\n    for: 5m\n"
    )
    rules = FileFacts(
        "alert-rules", path.name, "alert_rules", "1", registry.inspect(Source(path.name, path)).facts
    )

    found = [one.message for one in compare([rules], (WITHOUT,)) if one.code == "A8"]

    assert found == (
        [
            "1 recorded series is asked for, and no rule of the package records job:errors:rate_5m (first in Errors)."
        ]
        if is_said
        else []
    )


def test_series_recorded_from_each_other_come_to_an_end():
    series = {"a:b": promql.parse("b:a + b:a + b:a"), "b:a": promql.parse("a:b * a:b * a:b")}

    assert len(list(recorded.expanded(promql.parse("a:b > 1"), series).walk())) <= recorded.MOST_NODES

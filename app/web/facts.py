"""What was read of a file as a few words and numbers: what a reviewer looks for first in a file of its kind."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from app.evidence import units
from app.web.numbers import shown_number
from app.words import Number, Told, _, joined

MOST_NAMED = 3
"""Things that are named one by one; of more than these the first are named."""


@dataclass(frozen=True, slots=True)
class Fact:
    """`path` leads to a value in the report's facts; `words` says it, or gives nothing when there is nothing to say."""

    path: str
    label: str
    words: Callable[[Any], object]


def measured(value: Any) -> Any:
    """The value of a percentile, which comes with its interval; anything else as it is."""
    return value.get("value") if isinstance(value, Mapping) else value


def shown_facts(kind: str | None, facts: Mapping[str, Any]) -> list[tuple[str, object]]:
    """Label and value, each in the reader's language when printed; what the file does not say is left out."""
    told = ((fact.label, fact.words(_at(facts, fact.path))) for fact in FACTS.get(kind or "", ()))
    return [(label, value) for label, value in told if value not in (None, "")]


def _at(facts: Any, path: str) -> Any:
    for name in path.split("."):
        facts = facts.get(name) if isinstance(facts, Mapping) else None
    return measured(facts)


def _is_number(value: Any) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _unit(unit: str, scale: float = 1.0) -> Callable[[Any], object]:
    def words(value: Any) -> object:
        return Number(units.with_unit(units.shown(value * scale), unit)) if _is_number(value) else None

    return words


def _count(value: Any) -> object:
    """How many; of a list, how many it holds, and nothing of an empty one."""
    if isinstance(value, list | tuple):
        return shown_number(len(value)) if value else None
    return shown_number(value) if _is_number(value) else None


def _word(value: Any) -> object:
    """A name as the file gives it."""
    return shown_number(value) if isinstance(value, str) else None


def _day(value: Any) -> object:
    """The day of a time in ISO 8601."""
    return value[:10] if isinstance(value, str) else None


def _named(name: str) -> Callable[[Any], object]:
    """The first few of a list by their `name`, each once."""

    def words(value: Any) -> object:
        rows = value if isinstance(value, list | tuple) else ()
        found = dict.fromkeys(str(row[name]) for row in rows if isinstance(row, Mapping) and row.get(name))
        return joined([Told(each) for each in list(found)[:MOST_NAMED]], between=", ") if found else None

    return words


def _times_of_plans(value: Any) -> object:
    plans = value if isinstance(value, list | tuple) else ()
    times = [plan.get("execution_ms") for plan in plans if isinstance(plan, Mapping)]
    timed = [Number(units.with_unit(units.shown(ms), "ms")) for ms in times if _is_number(ms)]
    return joined(timed[:MOST_NAMED], between=", ") if len(timed) > 1 else next(iter(timed), None)


_ms, _seconds, _rate = _unit("ms"), _unit("s"), _unit("/s")
_share = _unit("%", 100.0)

_TOOL, _FORMAT = Fact("tool", _("Tool"), _word), Fact("format", _("Format"), _word)
_OBJECTIVES = Fact("objectives", _("Objectives"), _count)
_LENGTH = Fact("words", _("Words"), _count)
_LOAD = (
    Fact("requests", _("Requests"), _count),
    Fact("p50", "p50", _ms),
    Fact("p95", "p95", _ms),
    Fact("p99", "p99", _ms),
    Fact("max", _("Slowest"), _ms),
    Fact("throughput", _("Throughput"), _rate),
    Fact("error_rate", _("Errors"), _share),
    Fact("duration_s", _("Duration"), _seconds),
)
_PLANS = (Fact("plans", _("Plans"), _count), Fact("plans", _("Execution time"), _times_of_plans))

FACTS: Mapping[str, tuple[Fact, ...]] = {
    "postgres_plan": _PLANS,
    "mysql_plan": _PLANS,
    "sqlite_plan": _PLANS[:1],
    "latency_table": (*_LOAD, _TOOL),
    "load_report": (*_LOAD, _TOOL),
    "cost_sheet": (
        Fact("currency", _("Currency"), _word),
        Fact("formulas", _("Formulas"), _count),
        _FORMAT,
    ),
    "profile": (
        Fact("samples", _("Samples"), _count),
        Fact("duration_s", _("Duration"), _seconds),
        Fact("function_count", _("Functions"), _count),
        Fact("idle_share", _("Time waiting"), _share),
        _FORMAT,
    ),
    "diff": (
        Fact("file_count", _("Files"), _count),
        Fact("added", _("Lines added"), _count),
        Fact("removed", _("Lines removed"), _count),
        Fact("indexes", _("Indexes"), _named("name")),
        Fact("moved_out", _("Moved out"), _named("what")),
        Fact("still_local", _("Still local"), _named("what")),
    ),
    "deploy_config": (_TOOL, Fact("grace_s", _("Time to stop"), _seconds)),
    "load_balancer": (
        _TOOL,
        Fact("instances", _("Instances"), _count),
        Fact("probes.readiness.path", _("Readiness"), _word),
        Fact("termination.grace_s", _("Time to stop"), _seconds),
    ),
    "alert_rules": (
        Fact("alert_count", _("Alerts"), _count),
        Fact("recording", _("Recording rules"), _count),
        _FORMAT,
    ),
    "alertmanager": (
        Fact("receivers", _("Receivers"), _count),
        Fact("routes", _("Routes"), _count),
        Fact("inhibit_rules", _("Inhibit rules"), _count),
    ),
    "openslo": (_OBJECTIVES, Fact("services", _("Services"), _count), _FORMAT),
    "slo_document": (_OBJECTIVES,),
    "runbook": (
        Fact("alerts", _("Alerts"), _count),
        Fact("commands", _("Commands"), _count),
        _LENGTH,
    ),
    "kill_switches": (
        Fact("count", _("Switches"), _count),
        Fact("tested", _("Last tested"), _day),
        _FORMAT,
    ),
    "capacity_table": (Fact("stages", _("Stages"), _count), Fact("sums", _("Sums"), _count)),
    "launch_plan": (
        Fact("stages", _("Stages"), _count),
        Fact("sum_count", _("Sums"), _count),
        Fact("wrong_sums", _("Sums that differ"), _count),
        _LENGTH,
    ),
    "markdown": (_LENGTH,),
    "incident_template": (Fact("severities", _("Severities"), _count), _LENGTH),
    "drill_schedule": (
        Fact("drills", _("Drills"), _count),
        Fact("first", _("First drill"), _day),
        Fact("last", _("Last drill"), _day),
    ),
    "deploy_timeline": (
        Fact("count", _("Deploys"), _count),
        Fact("completed", _("Completed"), _count),
        Fact("figures.failure_rate", _("Failed"), _share),
        _FORMAT,
    ),
    "kill_log": (
        Fact("count", _("Kills"), _count),
        Fact("instances", _("Instances"), _count),
        _FORMAT,
    ),
    "ci_workflow": (
        _TOOL,
        Fact("jobs", _("Jobs"), _count),
        Fact("gates", _("Smoke test"), _named("smoke")),
    ),
    "ci_run": (
        Fact("runs", _("Runs"), _count),
        Fact("smoke_s", _("Smoke test took"), _seconds),
        _FORMAT,
    ),
    "rollback_record": (
        Fact("before.version", _("From version"), _word),
        Fact("after.version", _("To version"), _word),
        Fact("duration_s", _("Duration"), _seconds),
    ),
    "canary_plan": (Fact("way", _("Way"), _word), Fact("steps", _("Steps"), _count)),
    "archive": (Fact("parts", _("Files"), _count), Fact("left_out", _("Left out"), _count), _FORMAT),
}
"""By the name of the kind; a kind without a line shows its findings and pictures alone."""

"""What must be equal when one plan is read from TEXT and from JSON: all of it but the clock and the line numbers.

The two texts come from two runs of one query, so times differ by nature: a time must be there in both or in neither.
Work shared between processes is split anew at each run; such pairs are compared by shape, with every figure masked.
"""

from app.evidence.postgres_plan.reading import read

TIMELESS = ("line", "last_line", "format", "version_hint", "duration_ms")


def comparable(value, *, shape):
    """The facts with times masked; with `shape`, every number is."""
    if isinstance(value, dict):
        return {
            key: _masked(key, comparable(item, shape=shape))
            for key, item in value.items()
            if key not in TIMELESS and not (key == "relation" and "calls" in value)
        }
    if isinstance(value, list):
        return [comparable(item, shape=shape) for item in value]
    if shape and isinstance(value, int | float) and not isinstance(value, bool):
        return "number"
    return value


def _masked(key, item):
    return "time" if key.endswith("_ms") and isinstance(item, int | float) else item


def without_quiet_figures(value):
    """For shapes: figures TEXT leaves out when they are zero may be there in one run and not in the other."""
    if isinstance(value, dict):
        return {
            key: without_quiet_figures(item)
            for key, item in value.items()
            if key not in ("buffers", "io", "wal", "heap_blocks", "details")
            and not key.startswith("rows_removed")
        }
    return [without_quiet_figures(item) for item in value] if isinstance(value, list) else value


def difference(first, second, path="plan"):
    """The first place where two values differ, in words; empty when they are equal."""
    if isinstance(first, dict) and isinstance(second, dict):
        for key in sorted(first.keys() | second.keys()):
            if found := difference(
                first.get(key, "(missing)"), second.get(key, "(missing)"), f"{path}.{key}"
            ):
                return found
        return ""
    if isinstance(first, list) and isinstance(second, list) and len(first) == len(second):
        pairs = enumerate(zip(first, second, strict=True))
        return next((found for i, (a, b) in pairs if (found := difference(a, b, f"{path}[{i}]"))), "")
    return "" if first == second else f"{path}: {first!r} != {second!r}"


def disagreement(text_plans, json_plans, *, shape):
    """Where the plans read from TEXT and from JSON differ."""
    first, second = (comparable(plans, shape=shape) for plans in (text_plans, json_plans))
    if shape:
        first, second = without_quiet_figures(first), without_quiet_figures(second)
    return difference(first, second)


def fault(pair, *, shape):
    """Where a form's reading differs from that of JSON; empty when all agree."""
    expected = read(pair["json"])
    for form in ("text", "yaml", "xml"):
        found = read(pair[form]) if form in pair else expected
        if different := disagreement(found, expected, shape=shape):
            return f"{form}: {different}"
    return ""

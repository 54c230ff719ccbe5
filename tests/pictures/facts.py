"""Facts as the checkers store them, small and round."""


def level(value, low=None, high=None):
    return {"value": value, "low": low, "high": high}


def latency(*, scale=1.0, n=1000, **others):
    """A latency table whose percentiles are powers of ten times `scale`, with a p99 known to a fifth."""
    return {
        "n": n,
        "requests": n,
        "errors": 0,
        "error_rate": 0.0,
        "throughput": 25.0,
        "max": 200.0 * scale,
        "p50": level(10.0 * scale),
        "p90": level(20.0 * scale),
        "p95": level(30.0 * scale),
        "p99": level(100.0 * scale, 90.0 * scale, 110.0 * scale),
        "p999": level(150.0 * scale, 120.0 * scale),
        "curve": [
            [0.0, scale],
            [50.0, 10 * scale],
            [90.0, 20 * scale],
            [99.0, 100 * scale],
            [100.0, 200 * scale],
        ],
        **others,
    }


def timed(*points, step_s=1, **others):
    """A latency table with a series of (second, requests, errors, p99)."""
    return latency(series={"step_s": step_s, "points": [list(point) for point in points]}, **others)


def node(title="Seq Scan", *children, ms=1.0, **others):
    """A step of a plan that took `ms` by itself."""
    inclusive = ms + sum(child["inclusive_ms"] for child in children)
    return {
        "node": title,
        "title": title,
        "relation": None,
        "alias": None,
        "index": None,
        "subplan_name": None,
        "plan_rows": 6,
        "actual_rows": 6,
        "loops": 1,
        "never_executed": False,
        "exclusive_ms": ms,
        "inclusive_ms": inclusive,
        "conditions": {},
        "buffers": {},
        "sort": {},
        "workers": {"planned": None, "launched": None},
        "rows_removed_by_filter": None,
        "total_cost": 12.5,
        "children": list(children),
        **others,
    }


def plan(root, **others):
    return {
        "root": root,
        "execution_ms": root["inclusive_ms"],
        "planning_ms": 0.1,
        "duration_ms": None,
        **others,
    }

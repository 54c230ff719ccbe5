"""How a request ended, in SQL: fine, failed, given up by its client, or unreadable; and whether a retry saved it."""

from __future__ import annotations

from app.evidence.latency_table.columns import Layout

FINE, FAILED, ABORTED, BAD = range(4)
_GAVE_UP = "(499, 0, -1)"
_YES = (
    "('ok', 'success', 'successful', 'succeeded', 'pass', 'passed', 'true', 'yes', 'done', 'completed', '')"
)
_NO = "('false', '0', 'no', 'ko', 'f', 'n', 'error', 'err', 'fail', 'failed', 'failure', 'timeout', 'nok')"
_NO_ERROR = "('', 'false', '0', 'no', 'none', 'null', '-')"


def outcome_sql(layout: Layout, is_bad: str) -> str:
    """The number of the outcome; `is_bad` may use `failed` and `aborted`."""
    return (
        f"CASE WHEN {is_bad} THEN {BAD} WHEN aborted THEN {ABORTED} WHEN failed THEN {FAILED} ELSE {FINE} END"
    )


def failed_sql(layout: Layout, *, is_strict: bool) -> str:
    """Its status is not 1xx to 3xx, its success is no, its error says something, or the server broke off."""
    tests = ["false"]
    if layout.status is not None:
        is_number = is_strict and layout.has_plain_status
        word = "false" if is_number else f"coalesce(lower(trim(c{layout.status})), '') NOT IN {_YES}"
        tests.append(f"coalesce({_code(layout, is_strict=is_strict)} NOT BETWEEN 100 AND 399, {word})")
    if layout.success is not None:
        cell = f"c{layout.success}"
        tests.append(
            f"coalesce(lower(trim({cell})) IN {_NO} OR try_cast({cell} AS INTEGER) BETWEEN 400 AND 599, false)"
        )
    if layout.error is not None:
        tests.append(f"coalesce(lower(trim(c{layout.error})), '') NOT IN {_NO_ERROR}")
    if layout.broken is not None:
        tests.append(_matches(*layout.broken))
    return "(" + " OR ".join(tests) + ")"


def aborted_sql(layout: Layout, *, is_strict: bool) -> str:
    """A server writes 499, 0 or -1 when the client gave up before the answer; a client's own 0 is a failure."""
    tests = ["false"]
    if layout.is_server and layout.status is not None:
        tests.append(f"coalesce({_code(layout, is_strict=is_strict)} IN {_GAVE_UP}, false)")
    if layout.aborted is not None:
        tests.append(_matches(*layout.aborted))
    return "(" + " OR ".join(tests) + ")"


def masked_sql(layout: Layout) -> str:
    """More than one upstream was tried: nginx lists them with commas, HAProxy and Traefik count retries."""
    tests = ["false"]
    for column in (layout.instance, layout.upstream_status):
        if column is not None and layout.is_server:
            tests.append(f"coalesce(contains(c{column}, ','), false)")
    if layout.retries is not None:
        tests.append(f"coalesce(try_cast(c{layout.retries} AS INTEGER) > 0, false)")
    return "(" + " OR ".join(tests) + ")"


def instance_sql(layout: Layout) -> str:
    """The upstream that gave the answer: the last of a list."""
    return f"left(regexp_extract(c{layout.instance}, '([^ ,]+) *$', 1), 64)"


def code_sql(layout: Layout, *, is_strict: bool) -> str:
    return f"try_cast({_code(layout, is_strict=is_strict)} AS SMALLINT)"


def _code(layout: Layout, *, is_strict: bool) -> str:
    """The status as a number; `200 OK` counts by its code."""
    cell = f"c{layout.status}"
    if is_strict and layout.has_plain_status:
        return cell
    first = f"regexp_extract({cell}, '^ *([1-5][0-9][0-9]) ', 1)"
    return f"coalesce(try_cast({cell} AS INTEGER), try_cast({first} AS INTEGER))"


def _matches(column: int, pattern: str) -> str:
    return f"coalesce(regexp_matches(c{column}, '{pattern}'), false)"

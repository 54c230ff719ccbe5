"""What the child prints is as hostile as the file it read: taken apart, judged and built anew."""

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn, TypeGuard

from app.evidence.findings import Audience, Finding, Report, Severity, Where

MOST_FINDINGS = 500
LONGEST_TEXT = 4000
DEEPEST = 200


class NoReport(Exception):
    """The child did not print a report; the message says what is wrong with it and quotes nothing."""


def parse(output: bytes) -> Report:
    """The one report of `python -m app.evidence check --json FILE`; raises NoReport."""
    try:
        printed = json.loads(output, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise NoReport(f"It did not print JSON: {type(error).__name__}.") from error
    if not isinstance(printed, list) or len(printed) != 1 or not isinstance(printed[0], dict):
        raise NoReport("It did not print one report.")
    report = _clean(printed[0], DEEPEST)
    findings = _list(report, "findings")
    if len(findings) > MOST_FINDINGS:
        raise NoReport(f"It printed more than {MOST_FINDINGS} findings.")
    return Report(
        kind=_text(report, "kind"),
        confidence=_share(report, "confidence"),
        facts=_mapping(report, "facts"),
        findings=tuple(map(_finding, findings)),
        fingerprint=_fingerprint(report.get("fingerprint", "")),
    )


def _fingerprint(printed: Any) -> str:
    if not isinstance(printed, str) or re.fullmatch(r"[0-9a-f]{0,64}", printed) is None:
        raise NoReport("`fingerprint` is not a hash.")
    return printed


def _finding(printed: Any) -> Finding:
    if not isinstance(printed, dict):
        raise NoReport("A finding is not an object.")
    try:
        severity = Severity(_text(printed, "severity"))
        audience = Audience(printed.get("audience", Audience.BOTH))
    except ValueError as error:
        raise NoReport("A finding has an unknown severity or audience.") from error
    return Finding(
        code=_text(printed, "code"),
        severity=severity,
        message=_text(printed, "message"),
        why=_text(printed, "why"),
        fix=_text(printed, "fix"),
        where=_where(printed.get("where") or {}),
        numbers=_numbers(printed.get("numbers") or {}),
        audience=audience,
    )


def _where(printed: Any) -> Where:
    if not isinstance(printed, dict):
        raise NoReport("A place is not an object.")
    whole = {name: printed[name] for name in ("line", "last_line", "row") if printed.get(name) is not None}
    node = printed.get("node")
    if not all(_is_whole(value) for value in whole.values()) or not (node is None or isinstance(node, str)):
        raise NoReport("A place has parts of the wrong type.")
    return Where(**whole, node=node)


def _numbers(printed: Any) -> dict[str, float | int | str]:
    if not isinstance(printed, dict) or any(not isinstance(v, int | float | str) for v in printed.values()):
        raise NoReport("The numbers of a finding are not numbers.")
    return printed


def _text(printed: Mapping[str, Any], name: str) -> str:
    value = printed.get(name)
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise NoReport(f"`{name}` is missing or not a short text.")
    return value


def _share(printed: Mapping[str, Any], name: str) -> float:
    value = printed.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 1:
        raise NoReport(f"`{name}` is not a number from 0 to 1.")
    return float(value)


def _list(printed: Mapping[str, Any], name: str) -> Sequence[Any]:
    value = printed.get(name)
    if not isinstance(value, list):
        raise NoReport(f"`{name}` is not a list.")
    return value


def _mapping(printed: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = printed.get(name)
    if not isinstance(value, dict):
        raise NoReport(f"`{name}` is not an object.")
    return value


def _is_whole(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _clean(value: Any, depth: int) -> Any:
    """The same value without what PostgreSQL cannot keep: NUL, lone surrogates, numbers without end, deep nests."""
    if depth == 0:
        raise NoReport("Its facts are nested too deeply.")
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_clean(key, depth - 1): _clean(part, depth - 1) for key, part in value.items()}
    if isinstance(value, list):
        return [_clean(part, depth - 1) for part in value]
    if isinstance(value, float) and not math.isfinite(value):
        raise NoReport("It printed a number without end.")
    return value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")

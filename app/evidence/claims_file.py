"""Claims as a learner writes them for the command line, so that the ledger can be seen before anything is uploaded.

    [p99-before]
    metric = "p99"
    value = 184.0
    unit = "ms"
    file = "before.csv"
    side = "before"

One table a claim. `metric`, `value` and `file` are needed; `unit`, `label`, `side` and `layer` may be left out. A file
is looked for beside the claims file. A metric that is no number (`endpoint`) has its words in `value`. Two claims of
one metric and layer, one before and one after, make a pair.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from app.evidence.claims import Claim
from app.evidence.metrics import METRICS, TEXT

LONGEST = 256 * 1024
SIDES = ("", "before", "after")
_KNOWN = {"metric", "value", "unit", "file", "label", "side", "layer"}


class WrongClaims(Exception):
    """The file cannot be used; the message is a sentence that names the table and the field."""


def read(path: Path) -> tuple[Claim, ...]:
    """The claims in order, with the path of the file of each as its slot. Raises WrongClaims."""
    if path.stat().st_size > LONGEST:
        raise WrongClaims(f"{path.name} is longer than {LONGEST // 1024} kB, which no list of claims is.")
    try:
        tables = tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise WrongClaims(f"{path.name} is not TOML: {error}.") from error
    if not tables:
        raise WrongClaims(f"{path.name} holds no claim; write one table a claim: [p99-before].")
    return tuple(_claim(path.parent, key, table) for key, table in tables.items())


def _claim(folder: Path, key: str, table: Any) -> Claim:
    if not isinstance(table, dict):
        raise WrongClaims(f"{key} stands outside a table; write [{key}] and its fields below it.")
    if strange := sorted(set(table) - _KNOWN):
        raise WrongClaims(
            f"[{key}] has the unknown field {strange[0]}; known are {', '.join(sorted(_KNOWN))}."
        )
    metric, file, side = (_word(key, table, name) for name in ("metric", "file", "side"))
    if metric not in METRICS:
        raise WrongClaims(f"[{key}] has the metric {metric or '(none)'}; known are {', '.join(METRICS)}.")
    if not file:
        raise WrongClaims(f"[{key}] names no file.")
    if side not in SIDES:
        raise WrongClaims(f"[{key}] has the side {side}; a side is before or after.")
    is_text = METRICS[metric].quantity == TEXT
    return Claim(
        key=key,
        label=_word(key, table, "label") or key.replace("-", " "),
        metric=metric,
        value=Decimal(0) if is_text else _number(key, table.get("value")),
        text=_word(key, table, "value") if is_text else "",
        unit=_word(key, table, "unit"),
        slot=str(folder / file),
        side=side,
        layer=_word(key, table, "layer"),
    )


def _word(key: str, table: Mapping[str, Any], name: str) -> str:
    word = table.get(name, "")
    if not isinstance(word, str):
        raise WrongClaims(f"[{key}] has no text in {name}; put it in quotes.")
    return word


def _number(key: str, value: Any) -> Decimal:
    """As it was typed: 184.0 is finer than 184."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        raise WrongClaims(f"[{key}] has no number in value.")
    try:
        number = Decimal(value)
    except InvalidOperation as error:
        raise WrongClaims(f"[{key}] has no number in value: {value}.") from error
    if not number.is_finite():
        raise WrongClaims(f"[{key}] has no number in value: {value}.")
    return number

"""What the ledger compares: a number a learner typed, and what a file of theirs was found to hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Claim:
    """A number a learner typed, or a `text` where the metric is no number (`value` is 0 then).

    `slot` is where its evidence was uploaded; `side` is before, after or empty.
    """

    key: str
    label: str
    metric: str
    value: Decimal | float
    unit: str
    slot: str
    side: str = ""
    layer: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A checked file: the slot it was uploaded to and what its report says."""

    slot: str
    name: str
    kind: str
    sha256: str
    facts: Facts
    fingerprint: str = ""

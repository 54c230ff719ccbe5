"""Personal data in bulk, in the first 256 KiB: twenty different people are bulk, one address in a header is not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.evidence.findings import Finding, Where, phrase
from app.evidence.generic.rules import PERSONAL

SAMPLED = 256 * 1024
MANY = 20
_EMAIL = rb"\b[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}\b"
_CARD = rb"(?<![\d.])[3-6]\d{3}[ -]?\d{4}[ -]?\d{4}[ -]?\d{4}(?![\d.])"
_ADDRESS = rb"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])"
_ZEROS = bytes.maketrans(b"123456789", b"000000000")
_NOBODY = (b"example.com", b"example.org", b"example.net", b".test", b".invalid", b".local", b".localhost")


def find(data: bytes) -> Iterator[Finding]:
    """At most one finding a sort, with the line of the first."""
    data = data[:SAMPLED]
    for what, pattern, may_be_there, counts in (
        (phrase("e-mail addresses"), _EMAIL, b"@" in data, _is_a_person),
        (phrase("card numbers"), _CARD, b"0" * 16 in data.translate(_ZEROS, b" -"), _passes_luhn),
        (phrase("public IP addresses"), _ADDRESS, _has_quads(data), _is_public),
    ):
        if not may_be_there:
            continue
        found: dict[bytes, int] = {}
        for match in re.finditer(pattern, data):
            if counts(match[0]):
                found.setdefault(match[0], match.start())
            if len(found) >= MANY:
                line = data.count(b"\n", 0, min(found.values())) + 1
                yield PERSONAL.at(Where(line=line), count=MANY, what=what, line=line)
                break


def _has_quads(data: bytes) -> bool:
    """Whether anywhere up to three digits stand between two points; an address has two such places."""
    zeros = data.translate(_ZEROS)
    return any(quad in zeros for quad in (b".0.", b".00.", b".000."))


def _is_a_person(address: bytes) -> bool:
    domain = address.rsplit(b"@", 1)[1].lower()
    return b"*" not in address and not domain.endswith(_NOBODY)


def _is_public(address: bytes) -> bool:
    parts = [int(part) for part in address.split(b".")]
    if any(part > 255 for part in parts):
        return False
    first, second = parts[:2]
    documentation = parts[:3] in ([192, 0, 2], [198, 51, 100], [203, 0, 113])
    private = first in (0, 10, 127) or (first, second) in ((192, 168), (169, 254)) or first >= 224
    return not (documentation or private or (first == 172 and 16 <= second < 32))


def _passes_luhn(card: bytes) -> bool:
    digits = [byte - 48 for byte in card if 48 <= byte <= 57]
    doubled = [digit if i % 2 else sum(divmod(2 * digit, 10)) for i, digit in enumerate(digits)]
    return len(set(digits)) > 2 and sum(doubled) % 10 == 0

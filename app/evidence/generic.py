"""Checks for every file whatever its kind: empty, too large, secrets, personal data, pictures, truncation.

A secret is never repeated in a message; its line is enough to find it. Secrets are searched in the
first 4 MiB after unpacking, people in the first 256 KiB.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.evidence.findings import Finding, Rule, Severity, Unreadable, Where
from app.evidence.source import DAMAGED, TOO_LARGE, UNPACKED_LIMIT, Source

SCANNED = 4 * 1024 * 1024
SAMPLED = 256 * 1024
MANY_PEOPLE = 20

EMPTY = Rule(
    "G1",
    Severity.BLOCK,
    "The file is empty.",
    "There is nothing to read.",
    "Check the path you redirected to, and upload the file again.",
    example="the output of a command that failed, redirected with `>`",
)
SECRET = Rule(
    "G3",
    Severity.BLOCK,
    "Line {line} looks like {what}.",
    "Reviewers will see this file, and what has been uploaded once must count as known.",
    "Remove it, rotate it where it is used, and upload the file again.",
    example="a line `aws_access_key_id = AKIA...`",
)
PERSONAL = Rule(
    "G4",
    Severity.WARN,
    "The file holds {count} or more different {what}, the first on line {line}.",
    "People in your data have not agreed to be read by reviewers.",
    "Mask them: `user***@example.org` is fine as evidence.",
    example="an access log with the customers' e-mail addresses in the URLs",
)
PICTURE = Rule(
    "G5",
    Severity.WARN,
    "This is a picture ({what}).",
    "Numbers in a picture cannot be recomputed, searched or copied.",
    "Paste the text or upload the file the tool wrote; keep the picture as an addition.",
    example="a screenshot of a query plan",
)
IDENTICAL = Rule(
    "G7",
    Severity.WARN,
    "The files for before and after ({before} and {after}) are the same, byte for byte.",
    "Two measurements never give the same bytes, so one of the two was uploaded twice.",
    "Upload the recording made before the change in its own place.",
    example="after.csv uploaded in both places",
)
TRUNCATED = Rule(
    "G9",
    Severity.WARN,
    "The file seems to be cut off: {detail}.",
    "The missing end may hold the slowest requests or the total.",
    "Let the tool finish before you copy its output, and upload the file again.",
    example="a JSON file whose last bracket is missing",
)
UNKNOWN = Rule(
    "G10",
    Severity.NOTE,
    "We could not read this automatically. Your reviewer will read it.",
    "Nothing is wrong with that: not every proof is a table.",
    "If it should be one of the kinds that are read ({kinds}), check that it is the raw output of the tool.",
    example="a design note in prose",
)
CRASHED = Rule(
    "G11",
    Severity.NOTE,
    "Our own check failed on this file ({what}). Your reviewer will read it.",
    "This is a mistake in the checker, not in your file, and it does not count against you.",
    "Nothing to do. If you can share the file, report it.",
    example="a file nobody thought of",
)
RULES = (EMPTY, DAMAGED, TOO_LARGE, SECRET, PERSONAL, PICTURE, IDENTICAL, TRUNCATED, UNKNOWN, CRASHED)


@dataclass(frozen=True, slots=True)
class _Secret:
    """A literal that is searched first, and the pattern that must then match around it: few files need it compiled."""

    literals: tuple[bytes, ...]
    pattern: bytes
    what: str


_SECRETS = (
    _Secret((b"AKIA", b"ASIA"), rb"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b", "an AWS access key"),
    _Secret((b"PRIVATE KEY-----",), rb"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----", "a private key"),
    _Secret(
        (b"ghp_", b"gho_", b"ghs_", b"github_pat_"),
        rb"\b(?:gh[pos]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{40,90})\b",
        "a GitHub token",
    ),
    _Secret((b"xoxb-", b"xoxp-"), rb"\bxox[bp]-[0-9A-Za-z-]{20,80}", "a Slack token"),
    _Secret((b"sk_live_",), rb"\bsk_live_[0-9A-Za-z]{16,64}", "a Stripe key"),
    _Secret(
        (b"://",),
        (rb"://(?P<user>[^\s:@/\"']{1,64}):(?P<password>[^\s@/\"']{1,64})@(?P<host>[^\s/:\"']{1,128})"),
        "an address with a password",
    ),
    _Secret(
        (b"password=", b"PASSWORD=", b"PGPASSWORD"),
        rb"(?i:password)=(?P<password>[^\s&\"',;]{4,64})",
        "a password",
    ),
)
_IN_NO_LITERAL = b"0123456789.,;|\r\n\t"
_HARMLESS = (
    rb"(?i)[*x.]+|<.*|\$.*|\{.*|%.*"
    rb"|(my|your)?(password|passwd|secret|postgres|changeme|example|redacted|masked|test)\d*"
)
_LOCAL = (b"127.0.0.1", b"[::1]")
_EMAIL = rb"\b[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}\b"
_CARD = rb"(?<![\d.])[3-6]\d{3}[ -]?\d{4}[ -]?\d{4}[ -]?\d{4}(?![\d.])"
_ADDRESS = rb"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])"
_ZEROS = bytes.maketrans(b"123456789", b"000000000")
_PICTURES = (
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"RIFF", "WebP"),
    (b"BM", "BMP"),
)


def check(source: Source) -> Iterator[Finding]:
    """What can be said without knowing the kind. Never raises on damaged bytes: it says so."""
    if source.size == 0 or (not source.head_bytes.strip() and not source.is_gzip):
        yield EMPTY.at()
        return
    if source.size > UNPACKED_LIMIT:
        yield TOO_LARGE.at(limit_mb=UNPACKED_LIMIT // (1024 * 1024))
        return
    if source.is_gzip and not source.head_bytes:
        yield from _unpacks(source)
        return
    yield from _picture(source.head_bytes)
    data = _scanned(source)
    yield from _secrets(data)
    yield from _personal(data[:SAMPLED])
    yield from _unbalanced(source, data)


def is_final(findings: tuple[Finding, ...]) -> bool:
    """Whether a finding here makes every other check pointless."""
    return any(finding.code in (EMPTY.code, TOO_LARGE.code, PICTURE.code) for finding in findings)


def _unpacks(source: Source) -> Iterator[Finding]:
    try:
        if not any(source.chunks(SAMPLED)):
            yield EMPTY.at()
    except Unreadable as unreadable:
        yield unreadable.finding


def _scanned(source: Source) -> bytes:
    """The start of the file, as bytes with one byte a letter so that patterns match."""
    if source.encoding.startswith(("utf-16", "utf-32")):
        return source.head.encode("utf-8", errors="replace")
    try:
        with source.open_binary() as stream:
            return stream.read(SCANNED)
    except (OSError, EOFError):
        return source.head_bytes


def _picture(head: bytes) -> Iterator[Finding]:
    for magic, what in _PICTURES:
        if (
            head.startswith(magic)
            and (what != "WebP" or head[8:12] == b"WEBP")
            and (what != "BMP" or b"\0" in head[:16])
        ):
            yield PICTURE.at(what=what)


def _secrets(data: bytes) -> Iterator[Finding]:
    """The first secret of each sort. Tables are mostly digits and marks: without those the search is quick."""
    words = data.translate(None, _IN_NO_LITERAL)
    for secret in _SECRETS:
        if not any(literal in words for literal in secret.literals):
            continue
        for match in re.finditer(secret.pattern, data):
            if not _is_harmless(match):
                line = data.count(b"\n", 0, match.start()) + 1
                yield SECRET.at(Where(line=line), line=line, what=secret.what)
                break


def _is_harmless(match: re.Match[bytes]) -> bool:
    """Documentation's own example keys, placeholders, and passwords for this machine or a container beside it."""
    groups = match.groupdict()
    if b"EXAMPLE" in match[0]:
        return True
    if "host" in groups and (b"." not in match["host"] or match["host"].startswith(_LOCAL)):
        return True
    return "password" in groups and (
        re.fullmatch(_HARMLESS, match["password"]) is not None or match["password"] == groups.get("user")
    )


def _personal(data: bytes) -> Iterator[Finding]:
    """Twenty different people are bulk; one address in a header is not."""
    for what, pattern, may_be_there, counts in (
        ("e-mail addresses", _EMAIL, b"@" in data, _is_a_person),
        ("card numbers", _CARD, b"0" * 16 in data.translate(_ZEROS, b" -"), _passes_luhn),
        ("public IP addresses", _ADDRESS, _has_quads(data), _is_public),
    ):
        if not may_be_there:
            continue
        found: dict[bytes, int] = {}
        for match in re.finditer(pattern, data):
            if counts(match[0]):
                found.setdefault(match[0], match.start())
            if len(found) >= MANY_PEOPLE:
                line = data.count(b"\n", 0, min(found.values())) + 1
                yield PERSONAL.at(Where(line=line), count=MANY_PEOPLE, what=what, line=line)
                break


def _has_quads(data: bytes) -> bool:
    """Whether anywhere up to three digits stand between two points; an address has two such places."""
    zeros = data.translate(_ZEROS)
    return any(quad in zeros for quad in (b".0.", b".00.", b".000."))


def _is_a_person(address: bytes) -> bool:
    domain = address.rsplit(b"@", 1)[1].lower()
    return b"*" not in address and not domain.endswith(
        (b"example.com", b"example.org", b"example.net", b".test", b".invalid", b".local", b".localhost")
    )


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


def _unbalanced(source: Source, data: bytes) -> Iterator[Finding]:
    """JSON that ends in the middle."""
    text = data.strip()
    if not text.startswith((b"{", b"[")) or len(data) >= SCANNED or text.endswith((b"}", b"]")):
        return
    try:
        json.loads(text)
    except (ValueError, RecursionError) as error:
        if isinstance(error, json.JSONDecodeError) and error.pos >= len(text.decode(errors="replace")) - 200:
            yield TRUNCATED.at(detail=f"the JSON ends in the middle, on line {error.lineno}")

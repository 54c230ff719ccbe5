"""Keys, tokens and passwords. A secret is never repeated: its line is enough to find it.

A literal is searched first, in what is left of a piece without digits and marks: of a table that is little, so that
a gigabyte a second passes. Only where the literal is found is the pattern tried.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from app.evidence.findings import phrase

MOST_OF_A_SORT = 20
LONGEST = 512
_DROPPED = b"0123456789 .,;:|/\"'-\r\n\t"
_RAREST = b"@_=zZqQjJxXKVWYUFBGDLHMNROIEPCASTkgvwybfmpucdhlrniosate"


class Hit(NamedTuple):
    """Where a secret stands in the bytes that were searched, and what must not be repeated."""

    what: str
    start: int
    secret: bytes


class _Sort(NamedTuple):
    what: str
    literals: tuple[bytes, ...]
    pattern: bytes

    def marks(self) -> tuple[tuple[int, bytes], ...]:
        """What is left of each literal, after its rarest sign."""
        left = [literal.translate(None, _DROPPED) for literal in self.literals]
        return tuple((min(literal, key=_RAREST.find), literal) for literal in left)


_SORTS = (
    _Sort(phrase("an AWS access key"), (b"AKIA", b"ASIA"), rb"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    _Sort(
        phrase("an AWS secret key"),
        (b"aws_secret_access_key", b"AWS_SECRET_ACCESS_KEY", b"SecretAccessKey"),
        rb"(?:(?i:aws_secret_access_key)|SecretAccessKey)[\"']?\s{0,3}[=:]\s{0,3}[\"']?(?P<password>[A-Za-z0-9/+]{40})\b",
    ),
    _Sort(
        phrase("a private key"),
        (b"PRIVATE KEY",),
        rb"-----BEGIN [A-Z ]{0,20}PRIVATE KEY(?: BLOCK)?-----(?:[\\rn\s]{1,6}[A-Za-z0-9+/=]{16,64})?",
    ),
    _Sort(
        phrase("a GitHub token"),
        (b"ghp_", b"gho_", b"ghs_", b"ghu_", b"ghr_", b"github_pat_"),
        rb"\b(?:gh[oprsu]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{40,90})\b",
    ),
    _Sort(phrase("a GitLab token"), (b"glpat-",), rb"\bglpat-[A-Za-z0-9_-]{20,64}"),
    _Sort(
        phrase("a Slack token"),
        (b"xox",),
        rb"\bxox[abeprs]-[0-9A-Za-z-]{20,80}",
    ),
    _Sort(
        phrase("the address of a Slack webhook"),
        (b"hooks.slack.com",),
        rb"hooks\.slack\.com/services/T[0-9A-Z]{6,14}/B[0-9A-Z]{6,14}/[0-9A-Za-z]{16,32}",
    ),
    _Sort(phrase("a Stripe key"), (b"sk_live_", b"rk_live_"), rb"\b[sr]k_live_[0-9A-Za-z]{16,200}"),
    _Sort(phrase("a Google API key"), (b"AIza",), rb"\bAIza[0-9A-Za-z_-]{35}(?![0-9A-Za-z_-])"),
    _Sort(phrase("an npm token"), (b"npm_",), rb"\bnpm_[A-Za-z0-9]{36}\b"),
    _Sort(phrase("a package index token"), (b"pypi-AgE",), rb"\bpypi-AgE[A-Za-z0-9_-]{50,250}"),
    _Sort(phrase("a SendGrid key"), (b"SG.",), rb"\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}"),
    _Sort(phrase("a Hugging Face token"), (b"hf_",), rb"\bhf_[A-Za-z0-9]{34}\b"),
    _Sort(
        phrase("a key of a model API"), (b"sk-proj-", b"sk-ant-"), rb"\bsk-(?:proj|ant)-[A-Za-z0-9_-]{24,200}"
    ),
    _Sort(
        phrase("a signed token (JWT)"),
        (b"eyJ",),
        rb"\beyJ[A-Za-z0-9_-]{10,400}\.eyJ[A-Za-z0-9_-]{10,1000}\.[A-Za-z0-9_-]{20,600}",
    ),
    _Sort(
        phrase("a header that signs somebody in"),
        (b"uthorization:", b"UTHORIZATION:"),
        rb"(?i:authorization)[\"']?: ?[\"']?(?i:basic|bearer) (?P<password>[A-Za-z0-9._~+/-]{16,400})",
    ),
    _Sort(
        phrase("an address with a password"),
        (b"@",),
        rb"://(?P<user>[^\s:@/\"']{1,64}):(?P<password>[^\s@/\"']{1,64})@(?P<host>[^\s/:\"']{1,128})",
    ),
    _Sort(
        phrase("a password"),
        (b"password=", b"PASSWORD=", b"Password="),
        rb"(?:password|PASSWORD|Password)=(?P<password>[^\s&\"',;]{4,64})",
    ),
    _Sort(
        phrase("a secret setting"),
        (b"SECRET=", b"TOKEN=", b"_KEY=", b"APIKEY=", b"PASSWD="),
        rb"(?m)^[ +]{0,3}(?:export |set |ENV |-e )?[A-Z0-9_]{0,40}"
        rb"(?:SECRET|TOKEN|API_KEY|APIKEY|SECRET_KEY|PRIVATE_KEY|ACCESS_KEY|PASSWD)"
        rb"=[\"']?(?P<password>(?=[^\s\"'#]{0,63}[0-9])(?=[^\s\"'#]{0,63}[A-Za-z])[^\s\"'#]{16,200})",
    ),
)
_MARKS = tuple((sort, sort.marks()) for sort in _SORTS)
_SIGNS = frozenset(sign for _, marks in _MARKS for sign, _ in marks)
_HARMLESS = (
    rb"(?i)[*x.]+|<.*|\$.*|\{.*|%.*|\[.*|os\..*|process\..*"
    rb"|(my|your|some|the)?[-_]?(?:super)?(?:secret)?[-_]?(password|passwd|pass|secret|token|postgres|change[-_]?me|example|redacted|masked|test|admin|guest|root)\d*"
)
_WELL_KNOWN = (b"EXAMPLE", b"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIi")
_LOCAL = (b"127.0.0.1", b"[::1]")
_RESERVED = re.compile(rb"(?i)(?:.*\.)?(?:example\.(?:com|net|org)|example|invalid|test)")
"""Names that nobody can own (RFC 2606)."""


def find(data: bytes) -> Iterator[Hit]:
    """Every secret in these bytes, up to twenty of a sort."""
    left = data.translate(None, _DROPPED)
    signs = {sign for sign in _SIGNS if sign in left}  # a sign is found sooner than a literal
    for sort, marks in _MARKS:
        if any(sign in signs and literal in left for sign, literal in marks):
            yield from _matches(sort, data)


def _matches(sort: _Sort, data: bytes) -> Iterator[Hit]:
    found = 0
    for match in re.finditer(sort.pattern, data):
        if _is_harmless(match):
            continue
        yield Hit(sort.what, match.start(), match.groupdict().get("password") or match[0])
        found += 1
        if found == MOST_OF_A_SORT:
            return


def _is_nowhere(host: bytes) -> bool:
    """This machine, a container beside it, or a name of documentation."""
    return b"." not in host or host.startswith(_LOCAL) or _RESERVED.fullmatch(host) is not None


def _is_harmless(match: re.Match[bytes]) -> bool:
    """Documentation's own example keys, placeholders, and passwords for this machine or a container beside it."""
    groups = match.groupdict()
    if any(known in match[0] for known in _WELL_KNOWN):
        return True
    if "host" in groups and _is_nowhere(match["host"]):
        return True
    return "password" in groups and (
        re.fullmatch(_HARMLESS, match["password"]) is not None or match["password"] == groups.get("user")
    )

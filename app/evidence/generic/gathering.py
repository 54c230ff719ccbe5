"""One pass over the bytes: secrets, the balance of brackets, the end of the file and its fingerprint."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from app.evidence.findings import Finding, Unreadable
from app.evidence.generic import ends, people, secrets, stream
from app.evidence.source import TEXT_LIMIT, Source

_SPACE = b" \t\r\n\x0b\x0c"
_BOM = b"\xef\xbb\xbf"


@dataclass(slots=True)
class Gathered:
    """What the pass found; `damage` is why it ended early."""

    balance: ends.Balance
    hits: dict[str, secrets.Hit] = field(default_factory=dict)
    hidden: set[bytes] = field(default_factory=set)
    first: bytes = b""
    tail: bytes = b""
    read: int = 0
    is_whole: bool = True
    is_end: bool = True
    fingerprint: str = ""
    damage: Finding | None = None

    @property
    def is_small(self) -> bool:
        """Whether all of it went through the hash and the balance."""
        return self.is_whole and self.read <= TEXT_LIMIT


def gather(source: Source) -> Gathered:
    """Read the file once. Never raises on damaged bytes."""
    gathered, digest = Gathered(ends.Balance(source)), hashlib.sha256()
    may_be_small = source.may_fit(TEXT_LIMIT)
    try:
        for piece in stream.pieces(source):
            _take(gathered, piece)
            if may_be_small and gathered.is_small:
                start = piece.fresh.removeprefix(_BOM) if piece.start == 0 else piece.fresh
                digest.update(start.translate(None, _SPACE))
    except Unreadable as unreadable:
        gathered.damage = unreadable.finding
        return gathered
    if gathered.is_small:
        gathered.fingerprint = digest.hexdigest()
    return gathered


def _take(gathered: Gathered, piece: stream.Piece) -> None:
    fresh = piece.fresh
    gathered.is_end = piece.is_end
    gathered.first = gathered.first or piece.data[: people.SAMPLED]
    gathered.tail = (gathered.tail + fresh if piece.is_whole else fresh)[-ends.TAIL :]
    for hit in secrets.find(piece.data):
        gathered.hits.setdefault(hit.what, secrets.Hit(hit.what, piece.start + hit.start, hit.secret))
        gathered.hidden.add(hit.secret)
    if not piece.is_whole:
        gathered.is_whole = False
        return
    gathered.read += len(fresh)
    if gathered.read <= TEXT_LIMIT:
        gathered.balance.feed(fresh)

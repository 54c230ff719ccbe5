"""Packages: zip, tar and tar.gz. They are listed and unpacked within bounds; every part is evidence of its own.

Facts:
  format       zip | tar | tar.gz
  parts        [{path, size, sha256, kind, also}]  in the archive's order, at most 100; `kind` is what the part is
               recognised as, "unknown" if as nothing, and `also` lists the kinds it could be as well
  left_out     [{path, why}]  at most 200; why: encrypted | outside | link | device | sparse | nested | twice | method |
               empty | left by a system | cut, which is none: the archive stops there without saying that it ends
  total        bytes of all parts

Names are shown, never used: a part is written under a number.
"""

from __future__ import annotations

from app.evidence.archive import formats, rules
from app.evidence.findings import Report, phrase
from app.evidence.kind import Kind
from app.evidence.source import Source

NAME = "archive"


def sniff(source: Source) -> float:
    """Certain by its first bytes; documents of office programs are zip files too, and none of ours."""
    return 0.0 if formats.what(source) is None else 1.0


def inspect(source: Source) -> Report:
    """List it and say what was left out. Raises `Unreadable`."""
    from app.evidence.archive.inspection import report

    return report(source)


KIND = Kind(NAME, phrase("Archive"), sniff, inspect, rules.RULES)

"""CSV that a spreadsheet reads as text: nothing that somebody typed becomes a formula (RFC 4180, ASVS 1.2.10)."""

import csv as table
import io
from collections.abc import Iterable, Sequence
from typing import Any

from flask import Response

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\x00", "＝", "＋", "－", "＠")


def csv(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """A download of these rows; every cell is made safe."""
    text = io.StringIO()
    writer = table.writer(text, quoting=table.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return Response(
        "\ufeff" + text.getvalue(),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


def safe(cell: Any) -> str:
    """The cell as text; one that a spreadsheet would calculate gets an apostrophe in front."""
    written = str(cell)
    if written.lstrip(" \"'").startswith(FORMULA_SIGNS) and not _is_number(written):
        return "'" + written
    return written


def _is_number(written: str) -> bool:
    try:
        float(written)
    except ValueError:
        return False
    return written.strip() == written and written.isascii()

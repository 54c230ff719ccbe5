"""Files that are no text and no kind of evidence: programs, archives, databases."""

from __future__ import annotations

from app.evidence.findings import phrase
from app.evidence.source import Source

_ZIP = b"PK\x03\x04"
_SORTS: tuple[tuple[bytes, str, str], ...] = (
    (b"\x7fELF", phrase("a program"), phrase("the output the program printed")),
    (b"MZ", phrase("a program"), phrase("the output the program printed")),
    (b"\xcf\xfa\xed\xfe", phrase("a program"), phrase("the output the program printed")),
    (b"\xca\xfe\xba\xbe", phrase("a program"), phrase("the output the program printed")),
    (
        b"SQLite format 3\0",
        phrase("a SQLite database"),
        phrase("the result of your query, `sqlite3 -csv FILE 'SELECT …'`"),
    ),
    (b"bplist00", phrase("a binary property list"), "`plutil -convert xml1 FILE`"),
    (
        b"7z\xbc\xaf\x27\x1c",
        phrase("a 7z archive"),
        phrase("the same files as a zip, `zip -r package.zip FOLDER`"),
    ),
    (
        b"Rar!\x1a\x07",
        phrase("a RAR archive"),
        phrase("the same files as a zip, `zip -r package.zip FOLDER`"),
    ),
    (b"\xfd7zXZ\0", phrase("an xz archive"), "`xz -d FILE`"),
    (b"BZh", "a bzip2 archive", "`bunzip2 FILE`"),
    (b"\x28\xb5\x2f\xfd", phrase("a zstd archive"), "`zstd -d FILE`"),
    (_ZIP, phrase("a zip archive inside gzip"), "`gunzip FILE`"),
    (b"FLR\0", phrase("a flight recording of Java"), phrase("`jfr print FILE`, or collapsed stacks of it")),
    (b"PAR1", phrase("a Parquet file"), phrase("the same rows as CSV")),
    (b"PERFILE2", phrase("a recording of perf"), "`perf script > FILE`"),
)


def what(source: Source) -> tuple[str, str] | None:
    """What a file is and what to upload instead; None for text and for documents, which are plain zip files."""
    head = source.head_bytes
    if _is_text(head) or (head.startswith(_ZIP) and not source.is_gzip):
        return None
    return next(((name, instead) for start, name, instead in _SORTS if head.startswith(start)), None)


def _is_text(head: bytes) -> bool:
    """Prose may begin with the letters of a magic number; it holds no zero and no control bytes."""
    return not any(byte < 9 or (13 < byte < 32 and byte != 27) for byte in head[:512])

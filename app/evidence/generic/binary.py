"""Files that are no text and no kind of evidence: programs, archives, databases."""

from __future__ import annotations

from app.evidence.source import Source

_ZIP = b"PK\x03\x04"
_SORTS: tuple[tuple[bytes, str, str], ...] = (
    (b"\x7fELF", "a program", "the output the program printed"),
    (b"MZ", "a program", "the output the program printed"),
    (b"\xcf\xfa\xed\xfe", "a program", "the output the program printed"),
    (b"\xca\xfe\xba\xbe", "a program", "the output the program printed"),
    (b"SQLite format 3\0", "a SQLite database", "the result of your query, `sqlite3 -csv FILE 'SELECT …'`"),
    (b"bplist00", "a binary property list", "`plutil -convert xml1 FILE`"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "the same files as a zip, `zip -r package.zip FOLDER`"),
    (b"Rar!\x1a\x07", "a RAR archive", "the same files as a zip, `zip -r package.zip FOLDER`"),
    (b"\xfd7zXZ\0", "an xz archive", "`xz -d FILE`"),
    (b"BZh", "a bzip2 archive", "`bunzip2 FILE`"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive", "`zstd -d FILE`"),
    (_ZIP, "a zip archive inside gzip", "`gunzip FILE`"),
    (b"FLR\0", "a flight recording of Java", "`jfr print FILE`, or collapsed stacks of it"),
    (b"PAR1", "a Parquet file", "the same rows as CSV"),
    (b"PERFILE2", "a recording of perf", "`perf script > FILE`"),
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

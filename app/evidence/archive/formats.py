"""Which archive a file is, by its first bytes and, for zip, the list of its files."""

from __future__ import annotations

from app.evidence.archive import directory
from app.evidence.source import Source

ZIP, TAR, TAR_GZ = "zip", "tar", "tar.gz"
ENDINGS = (".zip", ".tar", ".tar.gz", ".tgz")
BLOCK = 512
_ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OTHERS = (b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07")
_OF_DOCUMENTS = (b"[Content_Types].xml", b"_rels/.rels", b"docProps/", b"word/", b"xl/", b"ppt/", b"mimetype")
_FIRST_NAME = 30
_CHECKSUM = slice(148, 156)


def what(source: Source) -> str | None:
    """zip, tar or tar.gz; None for everything else, documents of office programs included."""
    head = source.head_bytes
    if head.startswith(_ZIP_STARTS):
        return None if source.is_gzip or is_document(source) else ZIP
    if is_tar(head[:BLOCK]):
        return TAR_GZ if source.is_gzip else TAR
    return None


def is_nested(source: Source) -> bool:
    """Whether a file of an archive is one itself, whether it could be opened or not."""
    return what(source) is not None or source.head_bytes.startswith(_OTHERS)


def is_document(source: Source) -> bool:
    """Whether a zip file is a document of an office program, which lists its parts in one of two ways."""
    found = directory.find(source.path)
    if found is None:  # cut off: its first file has to tell
        return source.head_bytes.startswith(_OF_DOCUMENTS, _FIRST_NAME)
    names = directory.names(source.path, found)
    first = next(names, b"")
    return first in (b"mimetype", b"[Content_Types].xml") or b"[Content_Types].xml" in names


def is_zip_too(source: Source) -> bool:
    """Whether a file that begins as a tar file ends as a zip file, so that two programs show two contents."""
    found = directory.find(source.path)
    return found is not None and found.behind == 0


def is_tar(block: bytes) -> bool:
    """Whether a block is the header of a tar entry: its checksum is the sum of its other bytes."""
    written = block[_CHECKSUM].strip(b" \0")
    if len(block) < BLOCK or not 1 <= len(written) <= 7 or any(digit not in b"01234567" for digit in written):
        return False
    rest = block[: _CHECKSUM.start] + b" " * 8 + block[_CHECKSUM.stop :]
    plain = sum(rest)
    return int(written, 8) in (plain, plain - 256 * sum(byte > 127 for byte in rest))


def is_named_like_one(name: str) -> bool:
    """Whether a file's name ends like an archive's, before anybody has looked into it."""
    return name.lower().endswith(ENDINGS)

"""Pictures where text is wanted: image files, and PDF files that are nothing but images."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from app.evidence.findings import phrase
from app.evidence.source import Source

PDF_LIMIT = 20 * 1024 * 1024
MOST_STREAMS = 400
UNPACKED = 2 * 1024 * 1024
ALL_UNPACKED = 32 * 1024 * 1024
_STARTS = (
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"8BPS\0\1", "Photoshop"),
    (b"\0\0\1\0", "ICO"),
    (b"\xff\x0a", "JPEG XL"),
    (b"\0\0\0\x0cJXL ", "JPEG XL"),
)
_BRANDS = {
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"), "HEIC"),
    **dict.fromkeys((b"avif", b"avis"), "AVIF"),
}
_IMAGE = re.compile(rb"/Subtype\s{0,4}/Image\b")
_PACKED = re.compile(rb"/(?:ObjStm|FlateDecode)\b[^>]{0,200}>>\s{0,8}stream\r?\n")


def what(source: Source) -> str | None:
    """The sort of picture this file is; None when it is none. A PDF with any font is read by people as text."""
    head = source.head_bytes
    for start, name in _STARTS:
        if head.startswith(start):
            return name
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12])
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "WebP"
    if head.startswith(b"BM") and b"\0" in head[:16]:
        return "BMP"
    return phrase("a PDF without text") if head.startswith(b"%PDF") and _has_no_text(source) else None


def _has_no_text(source: Source) -> bool:
    if source.size > PDF_LIMIT or source.is_gzip:
        return False
    data = source.path.read_bytes()
    if b"/Encrypt" in data or b"/Font" in data:
        return False
    has_image = _IMAGE.search(data) is not None
    for inside in _unpacked(data):
        if b"/Font" in inside or (b"BT" in inside and b"Tf" in inside):
            return False
        has_image = has_image or _IMAGE.search(inside) is not None
    return has_image


def _unpacked(data: bytes) -> Iterator[bytes]:
    """What is in the compressed streams, as far as the limits go: newer writers hide their dictionaries there."""
    left = ALL_UNPACKED
    for number, match in enumerate(_PACKED.finditer(data)):
        if number == MOST_STREAMS or left <= 0:
            return
        try:
            inside = zlib.decompressobj().decompress(data[match.end() :], min(UNPACKED, left))
        except zlib.error:
            continue
        left -= len(inside)
        yield inside

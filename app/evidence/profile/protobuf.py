"""Protocol buffers at the level of bytes: fields by number, without a schema and without recursion.

After https://protobuf.dev/programming-guides/encoding. Groups, which proto3 does not have, are refused.
"""

from __future__ import annotations

from collections.abc import Iterator

from app.evidence.findings import phrase
from app.evidence.profile.limits import Refused

Span = tuple[int, int]
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


def fields(data: bytes, start: int, end: int) -> Iterator[tuple[int, int | Span]]:
    """Each field as its number and its value: an integer, or where its bytes begin and end."""
    while start < end:
        key, start = varint(data, start, end)
        number, wire = key >> 3, key & 7
        if wire == _VARINT:
            value, start = varint(data, start, end)
            yield number, value
            continue
        if wire == _BYTES:
            length, start = varint(data, start, end)
        elif wire in (_FIXED64, _FIXED32):
            length = 8 if wire == _FIXED64 else 4
        else:
            raise Refused(phrase("byte {start} begins a field of an unknown type", start=start))
        if length > end - start:
            raise Refused(phrase("the field at byte {start} is longer than the file", start=start))
        yield number, (start, start + length)
        start += length


def varint(data: bytes, start: int, end: int) -> tuple[int, int]:
    """An unsigned integer of seven bits a byte, and where the next field begins."""
    value = shift = 0
    for at in range(start, min(end, start + 10)):
        byte = data[at]
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at + 1
        shift += 7
    raise Refused(phrase("the number at byte {start} does not end", start=start))


def integers(data: bytes, value: int | Span) -> list[int]:
    """A repeated integer, packed or single."""
    if isinstance(value, int):
        return [value]
    start, end = value
    piece = data[start:end]
    if piece.isascii():  # no byte goes on in the next: most lists of small numbers
        return list(piece)
    found = []
    while start < end:
        number, start = varint(data, start, end)
        found.append(number)
    return found


def signed(value: int) -> int:
    """An int64, which is written as its two's complement."""
    value &= 0xFFFF_FFFF_FFFF_FFFF
    return value - (1 << 64) if value >= 1 << 63 else value


def text(data: bytes, span: Span, longest: int = 400) -> str:
    start, end = span
    return data[start : min(end, start + longest)].decode("utf-8", "replace")

"""pprof profiles (profile.proto of github.com/google/pprof), gzip or not.

Of several quantities the file's default is used, else the last one, as `go tool pprof` does; the totals of the others
are kept. Inlined functions are frames of their own.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

from app.evidence.findings import phrase
from app.evidence.profile.limits import MOST_ROWS, Refused
from app.evidence.profile.names import base
from app.evidence.profile.protobuf import Span, fields, integers, signed, text, varint
from app.evidence.profile.tree import ROOT, Profile, Tree
from app.evidence.source import TEXT_LIMIT, Source

MOST_PARTS = 500_000
MOST_TYPES = 64
MOST_INLINED = 100
MOST_REMEMBERED = 500_000
_TIME = {"nanoseconds": 1e-6, "ns": 1e-6, "microseconds": 1e-3, "us": 1e-3, "milliseconds": 1.0, "ms": 1.0,
         "seconds": 1e3, "s": 1e3}  # fmt: skip
_BYTES = {"bytes": 1.0, "byte": 1.0, "kilobytes": 1024.0, "kb": 1024.0}
_TYPE, _SAMPLE, _MAPPING, _LOCATION, _FUNCTION, _STRING, _DURATION, _DEFAULT = 1, 2, 3, 4, 5, 6, 10, 14


@dataclass(slots=True)
class _Raw:
    """The top level of the message; strings and samples as the places of their bytes."""

    data: bytes
    types: list[tuple[int, int]] = field(default_factory=list)
    samples: array[int] = field(default_factory=lambda: array("Q"))
    strings: array[int] = field(default_factory=lambda: array("Q"))
    mappings: dict[int, int] = field(default_factory=dict)
    locations: dict[int, tuple[int, tuple[tuple[int, int], ...]]] = field(default_factory=dict)
    functions: dict[int, tuple[int, int]] = field(default_factory=dict)
    duration_ns: int = 0
    default: int = 0

    def string(self, index: int) -> str:
        if not 0 <= index < len(self.strings) // 2:
            return ""
        return text(self.data, (self.strings[2 * index], self.strings[2 * index + 1]))


def looks_like(head: bytes) -> bool:
    """Three fields that could be a profile's, one of them a value type or the empty first string."""
    sure = seen = 0
    start, end = 0, len(head)
    try:
        while start < end and seen < 8:
            key, start = varint(head, start, end)
            number, wire = key >> 3, key & 7
            if not 1 <= number <= 15 or wire not in (0, 2):
                return False
            length, start = varint(head, start, end)
            if wire == 2 and start + length <= end:
                sure += _is_sure(head, number, start, length)
            start += length if wire == 2 else 0
            seen += 1
    except Refused:
        return False
    return sure > 0 and seen >= 2


def _is_sure(head: bytes, number: int, start: int, length: int) -> bool:
    if number == _STRING:
        return length == 0
    if number != _TYPE or not 2 <= length <= 22:
        return False
    return all(
        inner in (1, 2) and isinstance(value, int) for inner, value in fields(head, start, start + length)
    )


def read(source: Source) -> Profile:
    """The whole file; raise `Refused` when it breaks off or points nowhere."""
    data = b"".join(source.chunks(TEXT_LIMIT))
    raw = _raw(data)
    if not raw.types:
        raise Refused(phrase("it does not say what its numbers are (no sample_type)"))
    chosen = _chosen(raw)
    profile = Profile("pprof", Tree())
    what, unit = (raw.string(index) for index in raw.types[chosen])
    profile.what, (profile.unit, scale) = what, _unit(unit)
    sums = _fill(profile.tree, raw, chosen, scale)
    names = [(raw.string(what), raw.string(unit)) for what, unit in raw.types]
    profile.values = [(what, unit, float(total)) for (what, unit), total in zip(names, sums, strict=True)]
    profile.samples = next((sums[n] for n, name in enumerate(names) if name in _COUNTED), None)
    profile.duration_s = raw.duration_ns / 1e9 if 0 < raw.duration_ns < 1e18 else None
    return profile


_COUNTED = {("samples", "count"), ("sample", "count")}


def _raw(data: bytes) -> _Raw:
    raw = _Raw(data)
    for number, value in fields(data, 0, len(data)):
        if isinstance(value, int):
            raw.duration_ns = signed(value) if number == _DURATION else raw.duration_ns
            raw.default = value if number == _DEFAULT else raw.default
        elif number == _STRING:
            raw.strings.extend(value)
        elif number == _SAMPLE:
            raw.samples.extend(value)
        elif number in _PARTS:
            _part(raw, number, value)
    if len(raw.samples) > 2 * MOST_ROWS:
        raise Refused(phrase("it holds more than {most_rows:,} samples", most_rows=MOST_ROWS))
    return raw


def _part(raw: _Raw, number: int, span: Span) -> None:
    """A value type, mapping, function or location: small messages that samples refer to by number."""
    if len(raw.locations) + len(raw.functions) + len(raw.mappings) > MOST_PARTS:
        raise Refused(phrase("it names more than {most_parts:,} places", most_parts=MOST_PARTS))
    known: dict[int, int] = {}
    lines: list[tuple[int, int]] = []
    for inner, value in fields(raw.data, *span):
        if isinstance(value, int):
            known[inner] = value
        elif number == _LOCATION and inner == 4:
            lines.append(_line(raw.data, value))
    _PARTS[number](raw, known, lines)


def _line(data: bytes, span: Span) -> tuple[int, int]:
    known = {number: value for number, value in fields(data, *span) if isinstance(value, int)}
    return known.get(1, 0), known.get(2, 0)


def _value_type(raw: _Raw, known: dict[int, int], _lines: object) -> None:
    if len(raw.types) >= MOST_TYPES:
        raise Refused(phrase("it counts more than {most_types} quantities", most_types=MOST_TYPES))
    raw.types.append((known.get(1, 0), known.get(2, 0)))


def _mapping(raw: _Raw, known: dict[int, int], _lines: object) -> None:
    raw.mappings[known.get(1, 0)] = known.get(5, 0)


def _location(raw: _Raw, known: dict[int, int], lines: list[tuple[int, int]]) -> None:
    raw.locations[known.get(1, 0)] = (known.get(2, 0), tuple(lines))


def _function(raw: _Raw, known: dict[int, int], _lines: object) -> None:
    raw.functions[known.get(1, 0)] = (known.get(2) or known.get(3, 0), known.get(4, 0))


_PARTS = {_TYPE: _value_type, _MAPPING: _mapping, _LOCATION: _location, _FUNCTION: _function}


def _chosen(raw: _Raw) -> int:
    """The default type by its name; without one, the last."""
    named = [index for index, (what, _) in enumerate(raw.types) if raw.default and what == raw.default]
    return named[0] if named else len(raw.types) - 1


def _unit(unit: str) -> tuple[str, float]:
    if unit in _TIME:
        return "ms", _TIME[unit]
    return ("bytes", _BYTES[unit]) if unit in _BYTES else ("samples", 1.0)


def _fill(tree: Tree, raw: _Raw, chosen: int, scale: float) -> list[int]:
    """Count every sample; the sums of all quantities, in the order of the types."""
    sums = [0] * len(raw.types)
    places: dict[int, list[tuple[int, int]]] = {}
    steps: dict[tuple[int, int], tuple[int, int]] = {}
    for ids, values in _samples(raw):
        for index, value in enumerate(values[: len(sums)]):
            sums[index] += value
        weight = values[chosen] * scale if chosen < len(values) else 0.0
        if weight <= 0:
            continue
        node, line = ROOT, 0
        for place in reversed(ids):
            step = steps.get((node, place))
            if step is None:
                step = _step(
                    tree, node, places.get(place) or places.setdefault(place, _frames(tree, raw, place))
                )
                if len(steps) < MOST_REMEMBERED:
                    steps[node, place] = step
            if step[0] == node:
                break
            node, line = step
        tree.add(node, weight, line)
    return sums


def _samples(raw: _Raw) -> Iterator[tuple[list[int], list[int]]]:
    for at in range(0, len(raw.samples), 2):
        ids: list[int] = []
        values: list[int] = []
        for number, value in fields(raw.data, raw.samples[at], raw.samples[at + 1]):
            if number == 1:
                ids += integers(raw.data, value)
            elif number == 2:
                values += [signed(one) for one in integers(raw.data, value)]
        yield ids, values


def _frames(tree: Tree, raw: _Raw, place: int) -> list[tuple[int, int]]:
    """The functions at a place, the caller first; inlined ones stand before it in the file."""
    mapping, lines = raw.locations.get(place, (0, ()))
    if not lines:
        return [(tree.frame("[unknown]", base(raw.string(raw.mappings.get(mapping, 0)))), 0)]
    named = []
    for function, line in reversed(lines[:MOST_INLINED]):
        name, file = raw.functions.get(function, (0, 0))
        named.append((tree.frame(raw.string(name), raw.string(file)), line))
    return named


def _step(tree: Tree, node: int, frames: list[tuple[int, int]]) -> tuple[int, int]:
    """Where a place leads from a node, and the line it is left on."""
    for frame, _ in frames:
        node = tree.below(node, frame)
    return node, frames[-1][1]

"""Flame graphs as SVG (flamegraph.pl, inferno, py-spy): the titles of the frames, and the tree from where they stand.

Frames too narrow to draw were left out by the tool, so what they weighed counts for their callers.
"""

from __future__ import annotations

import io
import re
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass

from app.evidence.findings import phrase
from app.evidence.profile.limits import MOST_NODES, Refused
from app.evidence.profile.names import split_place, unmarked
from app.evidence.profile.tree import ROOT, Profile, Tree
from app.evidence.source import TEXT_LIMIT, Source

_WEIGHT = re.compile(
    r"([\d,.\u00a0\u202f]{1,24}) ([A-Za-z_ -]{1,30}), (\d{1,3}(?:\.\d{0,6})?)%(?:; [+-]?[\d.]{1,12}%)?$"
)
_UNITS = {"ms": ("ms", 1.0), "us": ("ms", 1e-3), "ns": ("ms", 1e-6), "nanoseconds": ("ms", 1e-6),
          "seconds": ("ms", 1e3), "bytes": ("bytes", 1.0)}  # fmt: skip
_ALL = ("all", "root")


@dataclass(slots=True)
class _Box:
    name: str
    weight: float
    left: float
    width: float
    top: float
    node: int = ROOT
    below: float = 0.0


def looks_like(head: str) -> bool:
    """A frame's title; where the script before the frames is long, what that is known by."""
    if "<svg" not in head[:4096]:
        return False
    return "%)</title>" in head or "flamegraph" in head.lower() or "fg:total_samples" in head


def read(source: Source) -> Profile:
    """The frames; raise `Refused` for XML that is broken or defines entities."""
    boxes, unit = _boxes(b"".join(source.chunks(TEXT_LIMIT)).lstrip())
    if not boxes:
        raise Refused(phrase("no frame of it says `name (N samples, P%)`"))
    kind, scale = _UNITS.get(unit.lower(), ("samples", 1.0))
    profile = Profile(phrase("flame graph SVG"), Tree(), kind, unit)
    _place(profile.tree, boxes)
    for box in boxes:
        if box.name not in _ALL or box.node != ROOT:
            _, _, line = split_place(box.name)
            profile.tree.add(box.node, (box.weight - box.below) * scale, line)
    root = max(boxes, key=lambda box: box.width)
    profile.samples = int(root.weight) if kind == "samples" else None
    return profile


def _boxes(data: bytes) -> tuple[list[_Box], str]:
    """Each title with the rectangle that follows it. XML is loaded here: recognition does without it."""
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import ParseError, iterparse

    found: list[_Box] = []
    title, unit = "", ""
    try:
        for _, element in iterparse(io.BytesIO(data), events=("end",)):
            tag = str(element.tag).rsplit("}", 1)[-1]
            if tag == "title":
                title = (element.text or "").strip()
            elif tag == "rect" and title:
                box, said = _box(title, element.attrib)
                title, unit = "", unit or said
                found += [] if box is None else [box]
            element.clear()
            if len(found) > MOST_NODES:
                raise Refused(phrase("it holds more than {most_nodes:,} frames", most_nodes=MOST_NODES))
    except DefusedXmlException:
        raise Refused(phrase("its XML defines entities, which no flame graph does")) from None
    except ParseError as error:
        raise Refused(phrase("its XML breaks off on line {line}", line=error.position[0])) from None
    except (LookupError, ValueError):
        raise Refused(phrase("its XML is in an encoding that is not known")) from None
    return found, unit


def _box(title: str, attributes: dict[str, str]) -> tuple[_Box | None, str]:
    start = title.rfind(" (")
    inside = title[start + 2 : -1] if start > 0 and title.endswith(")") else ""
    told = _WEIGHT.match(inside) if len(inside) < 100 else None
    if told is None:
        return None, ""
    exact = {
        name.rsplit("}", 1)[-1].rsplit(":", 1)[-1]: value for name, value in attributes.items() if "}" in name
    }
    left = _length(exact.get("x") or attributes.get("x"))
    width = _length(exact.get("w") or attributes.get("width"))
    weight = _length(re.sub(r"[,\u00a0\u202f]", "", told[1]))
    return _Box(title[:start], weight, left, width, _length(attributes.get("y"))), told[2].strip()


def _length(text: str | None) -> float:
    """A coordinate; what is none is zero."""
    try:
        number = float((text or "0").rstrip("%")[:30])
    except ValueError:
        return 0.0
    return number if abs(number) < 1e15 else 0.0


def _place(tree: Tree, boxes: list[_Box]) -> None:
    """Give each frame its node below the frame it stands on, going out from the widest."""
    root = max(boxes, key=lambda box: (box.width, box.weight))
    levels: dict[float, list[_Box]] = defaultdict(list)
    for box in boxes:
        levels[round(abs(box.top - root.top), 1)].append(box)
    above: list[_Box] = []
    lefts: list[float] = []
    for distance in sorted(levels):
        level = sorted(levels[distance], key=lambda box: (box.left, box.name))
        for box in level:
            parent = _under(box, above, lefts)
            box.node = _node(tree, box, parent)
            if parent is not None:
                parent.below += box.weight
        above, lefts = level, [box.left for box in level]


def _under(box: _Box, above: list[_Box], lefts: list[float]) -> _Box | None:
    """The frame of the level before that the middle of this one stands on."""
    index = bisect_right(lefts, box.left + box.width / 2) - 1
    return above[index] if index >= 0 else None


def _node(tree: Tree, box: _Box, parent: _Box | None) -> int:
    if parent is None and box.name in _ALL:
        return ROOT
    name, file, _ = split_place(unmarked(box.name))
    return tree.below(ROOT if parent is None else parent.node, tree.frame(name, file))

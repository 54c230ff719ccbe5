"""A picture read back as XML: what it names, what it says, and whether all of it lies inside."""

import re
from xml.etree.ElementTree import fromstring

ALLOWED = {"svg", "title", "desc", "g", "path", "text", "circle"}
GEOMETRY = {"class", "role", "viewBox", "x", "y", "cx", "cy", "r", "d", "text-anchor"}


class Read:
    """A drawing; `texts` are its words in order, without name and description."""

    def __init__(self, svg):
        self.root = fromstring(svg)
        self.elements = list(self.root.iter())
        self.name, self.description = (self.root.findtext(tag) for tag in ("title", "desc"))
        self.texts = [(each.text or "").replace("\u00a0", " ") for each in self.root.iter("text")]

    def has(self, kind):
        return [each for each in self.elements if kind in each.get("class", "").split()]

    @property
    def outside(self):
        """Coordinates of marks that lie outside the drawing."""
        _, _, width, height = map(float, self.root.get("viewBox").split())
        return [
            (each.tag, x, y)
            for each in self.elements
            for x, y in _places(each)
            if not (0 <= x <= width and 0 <= y <= height)
        ]

    @property
    def strange(self):
        """Elements and attributes no picture may have: styles, handlers, links, colours."""
        tags = {each.tag for each in self.elements} - ALLOWED
        return tags | {name for each in self.elements for name in each.keys() if name not in GEOMETRY}  # noqa: SIM118


def _places(element):
    if element.tag == "text":
        return [(float(element.get("x")), float(element.get("y")))]
    if element.tag == "circle":
        return [(float(element.get("cx")), float(element.get("cy")))]
    return _walked(element.get("d", "")) if element.tag == "path" else []


def _walked(steps):
    """The places a path comes by; only the commands that pictures use."""
    found, x, y = [], 0.0, 0.0
    for command, rest in re.findall(r"([MLHVhvz])([^MLHVhvz]*)", steps):
        numbers = [float(number) for number in rest.split()]
        if command in "ML":
            assert len(numbers) % 2 == 0
            places = list(zip(numbers[::2], numbers[1::2], strict=True))
        elif command == "z":
            continue
        else:
            places = [
                {"H": (number, y), "V": (x, number), "h": (x + number, y), "v": (x, y + number)}[command]
                for number in numbers
            ]
        found += places
        x, y = found[-1]
    return found

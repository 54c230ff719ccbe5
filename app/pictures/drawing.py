"""What every picture is made of: elements as escaped text, and the picture with its sentence and its numbers.

An element has classes and geometry, never a colour and never a style attribute: portal.css colours it, so that one
drawing serves light, dark, forced colours and paper. A picture is one `role="img"` with a name and a description.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

_FORBIDDEN = re.compile("[^\t\n\r\x20-\u2029\u202f-\u2065\u206a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot hold, even escaped, and marks that turn the direction of text."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Table:
    """The numbers behind a picture as text; the first cell of a row names it."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing, the sentence that says what to conclude, and the numbers it was drawn from."""

    svg: str
    conclusion: str
    table: Table


def drawing(kind: str, width: int, height: int, *, name: str, description: str, parts: Iterable[str]) -> str:
    """The whole picture: `kind` is its class beside `plot`."""
    heads = (element("title", name), element("desc", description))
    return element(
        "svg", *heads, *parts, class_=f"plot {kind}", role="img", viewBox=f"0 0 {width} {height}", raw=True
    )


def element(tag: str, *content: str, raw: bool = False, **attributes: str | float) -> str:
    """One element; `raw` content is elements made here, other content is text. `class_` stands for class."""
    words = "".join(f' {_name(key)}="{_value(value)}"' for key, value in attributes.items() if value != "")
    inside = "".join(content) if raw else clean("".join(content))
    return f"<{tag}{words}>{inside}</{tag}>" if inside else f"<{tag}{words}/>"


def group(kind: str, *parts: str) -> str:
    return element("g", *parts, raw=True, class_=kind)


def label(text: str, x: float, y: float, *, anchor: str = "", kind: str = "") -> str:
    """Text at a place; `anchor` is start (the default), middle or end."""
    return element("text", text, x=x, y=y, text_anchor=anchor, class_=kind)


def path(kind: str, steps: str) -> str:
    return element("path", class_=kind, d=steps) if steps else ""


def line(points: Iterable[Point]) -> str:
    """Steps of a path through these points; a lone point is a dot, drawn by its round cap."""
    found = [f"{short(x)} {short(y)}" for x, y in points]
    if not found:
        return ""
    return f"M{found[0]}h0.1" if len(found) == 1 else f"M{found[0]}L{' '.join(found[1:])}"


def clean(text: str) -> str:
    """Text that can stand in an element or an attribute, whatever a learner's file holds."""
    return escape(_FORBIDDEN.sub("\ufffd", text))


def short(number: float) -> str:
    """A coordinate to a tenth of a unit, which is finer than a pixel."""
    return f"{number:.1f}".removesuffix(".0").replace("-0", "0" if number > -0.05 else "-0")


def _name(key: str) -> str:
    return key.rstrip("_").replace("_", "-") if key != "viewBox" else key


def _value(value: str | float) -> str:
    return clean(value) if isinstance(value, str) else short(value)

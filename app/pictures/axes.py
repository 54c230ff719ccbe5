"""The frame of a plot: lines across it at round values, with their labels in the margin."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.pictures.drawing import group, label, path, short
from app.pictures.numbers import ms
from app.pictures.scales import MOST_NINES, PERCENTS, Log
from app.pictures.words import written


@dataclass(frozen=True, slots=True)
class Frame:
    """The part of a picture that is drawn in; what is outside is for labels."""

    left: float
    right: float
    top: float
    bottom: float


def milliseconds(axis: Log, frame: Frame) -> str:
    """Lines and labels of a logarithmic axis of times, on the left."""
    lines = "".join(
        f"M{short(frame.left)} {short(axis.at(tick))}H{short(frame.right)}" for tick in axis.ticks
    )
    ends = [(axis.at(tick), tick) for tick in axis.ticks] or [(frame.bottom, 0.0)]
    labels = [label(ms(tick), frame.left - 8, y + 4, anchor="end") for y, tick in ends]
    return path("grid", lines) + group("axis", *labels)


def columns(places: Iterable[tuple[float, str]], frame: Frame, *, lines: bool = True) -> str:
    """Labels below the frame, each with its line through it."""
    found = list(places)
    grid = "".join(f"M{short(x)} {short(frame.top)}V{short(frame.bottom)}" for x, _ in found)
    labels = [label(text, x, frame.bottom + 18, anchor="middle") for x, text in found]
    return (path("grid", grid) if lines else "") + group("axis", *labels)


def percentiles(last: float, width: float) -> list[tuple[float, str]]:
    """Which percentiles are labelled on an axis of `last` nines: (nines, label). The median where it has room."""
    most = min(math.floor(last), int(MOST_NINES))
    whole = [(float(place), written(text)) for place, text in enumerate(PERCENTS[: most + 1])]
    median = [(math.log10(2), "50 %")] if width / last * math.log10(2) >= 34 else []
    return sorted([*whole, *median])


def apart(wanted: Sequence[float], gap: float, top: float, bottom: float) -> list[float]:
    """Places for labels near those wanted, at least `gap` apart and inside; the order of the wanted is kept."""
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    found = [0.0] * len(wanted)
    floor = top
    for index in order:
        found[index] = max(wanted[index], floor)
        floor = found[index] + gap
    ceiling = bottom
    for index in reversed(order):
        found[index] = min(found[index], ceiling)
        ceiling = found[index] - gap
    return found

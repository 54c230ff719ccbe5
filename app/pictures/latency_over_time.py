"""Latency through the recording: p99 of each step, errors as ticks above it, requests a second as an area below.

Where nothing was sent the plot says "no data" instead of joining the ends: a line through a gap would invent
measurements. A stall (every connection waiting) is marked by itself, since it hides the requests never sent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.pictures.axes import Frame, apart, columns, milliseconds
from app.pictures.drawing import Picture, Table, drawing, element, group, label, line, path, short
from app.pictures.numbers import at, count, items, ms, number, positive, seconds, three
from app.pictures.scales import Linear, Log, log_axis, time_step
from app.pictures.steps import Steps, steps_of
from app.pictures.words import _, _n

WIDTH, HEIGHT = 640, 300
FRAME = Frame(left=62, right=520, top=34, bottom=196)
RATE = Frame(left=62, right=520, top=216, bottom=258)
ERRORS_TOP, ERRORS_BOTTOM = 12.0, 24.0
MOST_STEPS = 200
"""More would be finer than a pixel and heavier than a page should be."""
MOST_ROWS = 16
FEWEST_STEPS = 2
ROOM = 66.0
"""Width that the words on a band need."""

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Stall:
    start: float
    length: float


def latency_over_time(facts: Facts) -> Picture | None:
    """The recording of a latency table; None when its rows have no times or all fall into one step."""
    found = steps_of(facts)
    if found is None or len(found.steps) < FEWEST_STEPS:
        return None
    steps = found.merged(MOST_STEPS)
    if all(step.p99 is None for step in steps.steps):
        return None
    stalls = _stalls(facts)
    return Picture(_svg(facts, steps, stalls), _conclusion(steps, stalls), _table(found.merged(MOST_ROWS)))


def _stalls(facts: Facts) -> list[Stall]:
    pairs = [
        (number(at(stall, "start_s")), positive(at(stall, "length_s")))
        for stall in items(at(facts, "load", "stalls"))
    ]
    return [Stall(start, length) for start, length in pairs if start is not None and length]


def _svg(facts: Facts, steps: Steps, stalls: Sequence[Stall]) -> str:
    across = Linear(steps.start, steps.end, FRAME.left, FRAME.right)
    guides = _guides(facts)
    known = [step.p99 for step in steps.steps if step.p99 is not None]
    up = log_axis([*known, *(value for _name, value in guides)], FRAME.bottom, FRAME.top)
    parts = [
        _bands(steps, stalls, across),
        milliseconds(up, FRAME),
        _guided(guides, up),
        _line(steps, across, up),
        _errors(steps, across),
        _rate(steps, across),
        columns(_times(steps, across), RATE, lines=False),
        label(_("time since the start"), FRAME.left, HEIGHT - 6, kind="axis-name"),
    ]
    return drawing(
        "over-time",
        WIDTH,
        HEIGHT,
        name=_("Latency over time"),
        description=_description(facts, steps, stalls),
        parts=parts,
    )


def _guides(facts: Facts) -> list[tuple[str, float]]:
    """The median and the p99 of the whole recording, to see the steps against."""
    found = [(name, positive(at(facts, name, "value"))) for name in ("p50", "p99")]
    return [(name, value) for name, value in found if value is not None]


def _guided(guides: Sequence[tuple[str, float]], up: Log) -> str:
    """Fine lines across with their values in the margin, never one over the other."""
    lines = "".join(
        f"M{short(FRAME.left)} {short(up.at(value))}H{short(FRAME.right + 6)}" for _name, value in guides
    )
    places = apart([up.at(value) for _name, value in guides], 18, FRAME.top + 4, FRAME.bottom)
    labels = [
        label(f"{name} {ms(value)}", FRAME.right + 12, place + 4, kind="value")
        for (name, value), place in zip(guides, places, strict=True)
    ]
    return path("guide", lines) + group("guides", *labels) if guides else ""


def _bands(steps: Steps, stalls: Sequence[Stall], across: Linear) -> str:
    """Stretches without data, and stalls, each with its words where they have room."""
    gaps = [(across.at(start), across.at(end), _("no data")) for start, end in steps.gaps]
    waits = [
        (
            across.at(stall.start),
            across.at(stall.start + stall.length),
            _("stall %(length)s", length=seconds(stall.length)),
        )
        for stall in stalls
    ]
    return _band("gap", gaps, FRAME.bottom - 8) + _band("stall", waits, FRAME.top + 14)


def _band(kind: str, spans: Sequence[tuple[float, float, str]], y: float) -> str:
    """One path for all of them; words in the wide ones, and right of a narrow stall."""
    height = RATE.bottom - FRAME.top
    steps = "".join(
        f"M{short(left)} {short(FRAME.top)}h{short(max(right - left, 1))}v{short(height)}H{short(left)}z"
        for left, right, _text in spans
    )
    words, free = [], FRAME.left
    for left, right, text in spans:
        is_wide = right - left >= ROOM
        start = (left + right - ROOM) / 2 if is_wide else right + 4
        if start >= free and start + ROOM <= FRAME.right and (is_wide or kind == "stall"):
            words.append(label(text, start + ROOM / 2, y, anchor="middle"))
            free = start + ROOM
    return group(kind, path("band", steps), *words) if steps else ""


def _line(steps: Steps, across: Linear, up: Log) -> str:
    """p99 in the middle of each step; a step without one breaks the line."""
    drawn = []
    for piece in steps.pieces:
        run: list[tuple[float, float]] = []
        for step in piece:
            if step.p99 is None:
                drawn.append(line(run))
                run = []
            else:
                run.append((across.at(step.start + steps.length / 2), up.at(step.p99)))
        drawn.append(line(run))
    return path("curve", "".join(drawn))


def _errors(steps: Steps, across: Linear) -> str:
    """A tick for every step with a failure, and how many there were in all."""
    total = sum(step.errors for step in steps.steps)
    places = [across.at(step.start + steps.length / 2) for step in steps.steps if step.errors]
    ticks = "".join(f"M{short(x)} {short(ERRORS_TOP)}V{short(ERRORS_BOTTOM)}" for x in places)
    words = _n("%(count)s error", "%(count)s errors", total, count=count(total)) if total else _("no errors")
    return group(
        "errors", path("tick", ticks), label(words, FRAME.right + 12, ERRORS_BOTTOM - 2, kind="value")
    )


def _rate(steps: Steps, across: Linear) -> str:
    """Requests a second as a stepped area from zero, with its highest value in the margin."""
    top = max(step.requests for step in steps.steps) / steps.length
    up = Linear(0, top or 1.0, RATE.bottom, RATE.top)
    area = ""
    for piece in steps.pieces:
        area += f"M{short(across.at(piece[0].start))} {short(RATE.bottom)}"
        for step in piece:
            height, right = up.at(step.requests / steps.length), across.at(step.start + steps.length)
            area += f"V{short(height)}H{short(right)}"
        area += f"V{short(RATE.bottom)}z"
    foot = element("path", class_="foot", d=f"M{short(RATE.left)} {short(RATE.bottom)}H{short(RATE.right)}")
    words = label(_("up to %(most)s /s", most=three(top)), RATE.right + 12, RATE.top + 10, kind="value")
    name = label(_("requests"), RATE.left - 8, RATE.bottom - 2, anchor="end")
    return group("rate", path("area", area), foot, group("axis", name), words)


def _times(steps: Steps, across: Linear) -> list[tuple[float, str]]:
    """Round times since the first step."""
    span = steps.end - steps.start
    distance = time_step(span)
    return [
        (across.at(steps.start + index * distance), seconds(index * distance))
        for index in range(int(span / distance) + 1)
    ]


def _description(facts: Facts, steps: Steps, stalls: Sequence[Stall]) -> str:
    known = ", ".join(f"{name} {ms(value)}" for name, value in _guides(facts))
    if not known:
        return _conclusion(steps, stalls)
    n = count(positive(facts.get("n")))
    return f"{_('Whole recording: %(known)s, n %(n)s.', known=known, n=n)} {_conclusion(steps, stalls)}"


def _conclusion(steps: Steps, stalls: Sequence[Stall]) -> str:
    """The worst step and when, and what else is to be seen."""
    worst = max(steps.steps, key=lambda step: -1.0 if step.p99 is None else step.p99)
    when = seconds(max(0.0, worst.start - steps.start))
    if steps.length == 1:
        parts = [
            _("The slowest second has a p99 of %(p99)s, %(when)s into the run", p99=ms(worst.p99), when=when)
        ]
    else:
        parts = [
            _(
                "The slowest %(step)s has a p99 of %(p99)s, %(when)s into the run",
                step=seconds(steps.length),
                p99=ms(worst.p99),
                when=when,
            )
        ]
    if errors := sum(step.errors for step in steps.steps):
        parts.append(_n("%(count)s request failed", "%(count)s requests failed", errors, count=count(errors)))
    if missing := sum(end - start for start, end in steps.gaps):
        parts.append(_("no data for %(length)s", length=seconds(missing)))
    if stalls:
        parts.append(_("stalled for %(length)s", length=seconds(sum(stall.length for stall in stalls))))
    return "; ".join(parts) + "."


def _table(steps: Steps) -> Table:
    rows = [
        (
            _(
                "%(start)s to %(end)s",
                start=seconds(max(0.0, step.start - steps.start)),
                end=seconds(step.start - steps.start + steps.length),
            ),
            count(step.requests),
            count(step.errors),
            ms(step.p99),
        )
        for step in steps.steps
    ]
    heads = (_("Time"), _("requests").capitalize(), _("Errors"), _("Highest p99"))
    return Table(heads, tuple(rows))

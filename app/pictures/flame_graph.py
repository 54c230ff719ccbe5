"""Flame graph after Brendan Gregg: who calls whom from top to bottom, width is the share of the profile.

The order from left to right is by name and has no meaning. Shades only part neighbours; they are of the name, so that
a function has the same one in every picture.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from zlib import crc32

from app.pictures.drawing import Picture, Table, drawing, label
from app.pictures.flame_boxes import LEFT, WIDTH, Box, Boxes, boxes, drawn_box, notes, rest_said
from app.pictures.flame_stacks import laid_over, name_of
from app.pictures.numbers import SPACE, at, count, items, ms, positive, share, three
from app.pictures.words import _

SHADES = 5
MOST_ROWS = 10
LEAST_WAITING = 0.05

Facts = Mapping[str, Any]


def flame_graph(facts: Facts) -> Picture | None:
    """The stacks of one profile; None when it holds none that can be drawn."""
    root = laid_over(facts, facts)
    found = None if root is None else boxes(root)
    if found is None:
        return None
    conclusion = " ".join(part for part in (_conclusion(facts), _estimated(facts), notes(found)) if part)
    return Picture(_svg(facts, found, conclusion), conclusion, _table(facts))


def _svg(facts: Facts, found: Boxes, conclusion: str) -> str:
    parts = [_drawn(box) for box in found.boxes]
    words = _("callers above, what they call below; width is the share of the profile")
    foot = label(words, LEFT, found.height - 6, kind="axis-name")
    frames = _("%(count)s frames of %(amount)s.", count=count(len(found.boxes)), amount=amount(facts))
    description, name = f"{frames} {conclusion}", _("Flame graph")
    return drawing("flame", WIDTH, found.height, name=name, description=description, parts=[*parts, foot])


def _drawn(box: Box) -> str:
    if box.call is None:
        return drawn_box(box, "rest", "", rest_said(box))
    kind = f"shade-{crc32(box.call.name[0].encode('utf-8', 'replace')) % SHADES}"
    return drawn_box(box, kind, box.call.name[0], f"{box.call.title}: {share(box.call.share)}")


def amount(facts: Facts) -> str:
    """How much was recorded: 9,359 samples in 11.3 s of time, 33.6 MB."""
    total, samples = positive(facts.get("total")), positive(facts.get("samples"))
    match facts.get("unit"):
        case "ms":
            known = ms(total)
        case "bytes":
            known = f"{three((total or 0) / 1e6)}{SPACE}MB"
        case _:
            known = _samples(total)
    is_both = facts.get("unit") == "ms" and samples
    return f"{known} ({_samples(samples)})" if is_both else known


def _samples(number: float | None) -> str:
    return _("%(count)s\u00a0samples", count=count(number))


def functions(facts: Facts) -> Sequence[Any]:
    return [each for each in items(facts.get("functions")) if isinstance(each, Mapping)]


def _conclusion(facts: Facts) -> str:
    """The function with most of the weight by itself, and how much was waiting."""
    waits = positive(facts.get("idle_share")) or 0.0
    first = next((each for each in functions(facts) if each.get("waits") is not True), None)
    if first is None:
        return _("Nothing but waiting in %(amount)s.", amount=amount(facts))
    name, file = name_of((first.get("name"), first.get("file")))
    title = f"{name} ({file})" if file else name
    most = _(
        "%(share)s of %(amount)s is in %(name)s itself.",
        share=share(positive(first.get("self_share"))),
        amount=amount(facts),
        name=title,
    )
    if waits < LEAST_WAITING:
        return most
    return f"{most} {_('%(share)s is waiting.', share=share(min(waits, 1.0)))}"


def _estimated(facts: Facts) -> str:
    if at(facts, "stacks", "estimated") is not True:
        return ""
    return _("The profiler kept calls and no stacks, so how time is split between callers is an estimate.")


def _table(facts: Facts) -> Table:
    """The functions with most weight by themselves."""
    rows = []
    for each in functions(facts)[:MOST_ROWS]:
        name = name_of((each.get("name"), ""))[0]
        file, line = each.get("file"), positive(each.get("line"))
        where = f"{file}:{line:.0f}" if file and line else str(file or "–")
        shares = (share(positive(each.get(key))) for key in ("self_share", "total_share"))
        rows.append((name, where[:200], *shares))
    return Table((_("Function"), _("File"), _("Self"), _("With what it calls")), tuple(rows))

"""Counts as bars from a common zero: how many people reached each step, how many pieces of work waited how long.

Every bar bears its name and its number, so that nothing hangs on colour or on the eye for lengths.
"""

from collections.abc import Sequence

from app.pictures.drawing import Picture, Table, drawing, group, label, path, short
from app.pictures.numbers import SPACE, count
from app.pictures.scales import Linear
from app.pictures.words import _

WIDTH = 640
LEFT, RIGHT, TOP = 172.0, 560.0, 8.0
MOST_LEFT = 320.0
SIGN = 7.4
"""The width of one sign of a name, on average."""
BAR, APART = 22.0, 12.0

Counted = tuple[str, int]


def funnel(steps: Sequence[Counted]) -> Picture | None:
    """One bar a step, each with its share of the first; None while nobody has taken the first."""
    if not steps or steps[0][1] <= 0:
        return None
    first = steps[0][1]
    rows = [(name, n, _("%(share)s of the first step", share=_share(n, first))) for name, n in steps]
    name, last = steps[-1]
    conclusion = _(
        "Of %(first)s who took the first step, %(last)s reached “%(name)s”.",
        first=count(first),
        last=count(last),
        name=name,
    )
    heads = (_("Step"), _("People"), _("Share"))
    return _picture(_("People who reached each step"), conclusion, rows, heads)


def waits(spans: Sequence[Counted]) -> Picture | None:
    """How long work waited for its rating: one bar a range, in the order given; None while nothing is rated."""
    total = sum(n for _range, n in spans)
    if not total:
        return None
    rows = [(span, n, _share(n, total)) for span, n in spans]
    span, most = max(spans, key=lambda each: each[1])
    conclusion = _(
        "%(total)s ratings; most often %(span)s: %(most)s, %(share)s.",
        total=count(total),
        span=span,
        most=count(most),
        share=_share(most, total),
    )
    return _picture(
        _("How long work waited for its rating"), conclusion, rows, (_("Wait"), _("Ratings"), _("Share"))
    )


def _picture(
    name: str, conclusion: str, rows: Sequence[tuple[str, int, str]], heads: tuple[str, str, str]
) -> Picture:
    longest = max(len(title) for title, _n, _share in rows)
    left = min(max(LEFT, 8 + longest * SIGN), MOST_LEFT)
    across = Linear(0.0, float(max(n for _name, n, _share in rows)), left, RIGHT)
    parts = [
        _bar(title, n, TOP + place * (BAR + APART), across) for place, (title, n, _share) in enumerate(rows)
    ]
    told = " ".join(f"{title}: {count(n)}." for title, n, _share in rows)
    height = round(TOP + len(rows) * (BAR + APART))
    svg = drawing("counts", WIDTH, height, name=name, description=told, parts=parts)
    table = Table(heads, tuple((title, count(n), share) for title, n, share in rows))
    return Picture(svg, conclusion, table)


def _bar(title: str, n: int, top: float, across: Linear) -> str:
    """The name on the left, the bar from zero, the number at its end."""
    left = across.start
    end = max(across.at(n), left + 1)
    shape = f"M{short(left)} {short(top)}H{short(end)}V{short(top + BAR)}H{short(left)}z"
    words = label(count(n), end + 8, top + BAR - 6, kind="value")
    return label(title, left - 8, top + BAR - 6, anchor="end") + group("after", path("amount", shape), words)


def _share(n: int, total: int) -> str:
    return f"{100 * n / total:.0f}{SPACE}%"

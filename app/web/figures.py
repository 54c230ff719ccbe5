"""Figures for templates: ids, labels and markup. Which picture a kind gets is said in `app.pictures.figures`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from app.pictures.drawable import Drawable
from app.pictures.drawing import Picture, Table
from app.pictures.figures import Shown, figures, figures_among, pair_figure
from app.pictures.pairs import Pair, pairs
from app.pictures.plan_tree import PlanTree
from app.words import _

__all__ = ["Figure", "Pair", "file_figures", "pair_figures", "pairs"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture for a page: an `svg`, or the trees of plans as (name, tree). `id` and `label` are its own there."""

    id: str
    label: str
    title: str
    caption: str
    table: Table
    svg: Markup | None = None
    trees: tuple[tuple[str, PlanTree], ...] = ()


def file_figures(
    file: Drawable, figure_id: str, version: Sequence[Drawable], *, paired: bool
) -> tuple[Figure, ...]:
    """What can be drawn of one file of a version; what its pair shows already is left out."""
    names = {"": _("Steps of %(name)s", name=file.name)}
    return tuple(
        _figure(f"{figure_id}-{each.key}", f"{each.title}, {file.name}", each.title, each.shown, names)
        for each in (
            *figures(file.kind, file.facts, is_paired=paired),
            *figures_among(file, version),
        )
    )


def pair_figures(found: Sequence[Pair]) -> tuple[Figure, ...]:
    """One figure for each pair whose two files can be drawn together."""
    drawn = (
        (f"pair-{number}", pair, pair_figure(pair.kind, pair.before.facts, pair.after.facts))
        for number, pair in enumerate(found, start=1)
    )
    return tuple(
        _figure(
            figure_id,
            pair.title,
            pair.title,
            shown,
            {
                _("Before"): _("Before, %(name)s", name=pair.before.name),
                _("After"): _("After, %(name)s", name=pair.after.name),
            },
        )
        for figure_id, pair, shown in drawn
        if shown is not None
    )


def counted_figure(figure_id: str, title: str, picture: Picture) -> Figure:
    """A picture of counts, which is of no file."""
    shown = Shown(picture.conclusion, picture.table, picture.svg)
    return _figure(figure_id, title, title, shown, {})


def _figure(figure_id: str, label: str, title: str, shown: Shown, names: Mapping[str, str]) -> Figure:
    """The drawing escaped every text it holds, so it is safe to place as it is."""
    svg = Markup(shown.svg) if shown.svg else None  # noqa: S704
    trees = tuple((names[side], tree) for side, tree in shown.trees)
    return Figure(figure_id, label, title, shown.conclusion, shown.table, svg=svg, trees=trees)

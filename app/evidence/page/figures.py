"""Pictures of evidence with the numbers behind them, as on the portal's pages; the only door to `app.pictures`."""

from __future__ import annotations

from collections.abc import Sequence

from app.evidence.claims import FileFacts
from app.evidence.page.markup import Html, joined, mark, region, tag
from app.evidence.session import Checked, Pair, facts_of
from app.pictures.drawing import Table
from app.pictures.figures import Shown, figures, figures_among, pair_figure
from app.pictures.plan_tree import PlanRow, PlanTree


def of_file(checked: Checked, version: Sequence[FileFacts], *, is_paired: bool) -> Html:
    """Everything that can be drawn of a file of a version; what its pair shows already is left out."""
    report = checked.report
    drawn = (
        *figures(report.kind, report.facts, is_paired=is_paired),
        *figures_among(facts_of(checked), version),
    )
    names = {"": f"Steps of {checked.name}"}
    return joined(
        *(_figure(each.title, f"{each.title}, {checked.name}", each.shown, names) for each in drawn)
    )


def of_pair(pair: Pair) -> Html:
    """Both files in one picture; empty when their kind has none."""
    shown = pair_figure(pair.before.report.kind, pair.before.report.facts, pair.after.report.facts)
    names = {"Before": f"Before, {pair.before.name}", "After": f"After, {pair.after.name}"}
    return Html("") if shown is None else _figure("Before and after", "Before and after", shown, names)


def _figure(title: str, label: str, shown: Shown, names: dict[str, str]) -> Html:
    caption = tag("figcaption", tag("strong", f"{title}."), " ", shown.conclusion)
    numbers = _numbers(label, shown.table) if shown.table.rows else Html("")
    if shown.svg:
        folded = tag("details", tag("summary", "The numbers as a table"), numbers, class_="fold")
        return tag("figure", caption, region(f"{label}, picture", Html(shown.svg)), folded, class_="figure")
    trees = (_plan(names[side], tree) for side, tree in shown.trees)
    return tag("figure", caption, numbers, *trees, class_="figure")


def _numbers(label: str, table: Table) -> Html:
    head = tag("tr", *(tag("th", name, scope="col") if name else tag("td") for name in table.columns))
    rows = (
        tag("tr", tag("th", row[0], scope="row"), *(tag("td", cell) for cell in row[1:]))
        for row in table.rows
    )
    name = f"{label}, numbers"
    return region(name, tag("table", tag("thead", head), tag("tbody", *rows), class_="figure-numbers"))


def _plan(name: str, tree: PlanTree) -> Html:
    heads = ["Exclusive", "Share"] if tree.timed else []
    numbers = (tag("th", word, scope="col", class_="number") for word in (*heads, *tree.columns))
    head = tag("thead", tag("tr", tag("th", "Step", scope="col"), *numbers))
    body = tag("tbody", *(_step(row, is_timed=tree.timed) for row in tree.rows))
    rest = tag("p", tree.left_out, class_="muted small") if tree.left_out else Html("")
    return joined(region(name, tag("table", tag("caption", name), head, body, class_="plan")), rest)


def _step(row: PlanRow, *, is_timed: bool) -> Html:
    words = [tag("span", row.title, class_="step-title")]
    if row.change:
        words += [
            Html(" "),
            tag("span", row.change, class_=f"tag {'info' if row.change == 'new' else 'quiet'}"),
        ]
    if row.misjudged:
        words += [Html(" "), mark(row.misjudged, "warn", "!")]
    if row.details:
        words.append(tag("span", " · ".join(row.details), class_="step-details"))
    cells = [tag("th", tag("div", *words, class_=f"depth-{row.depth}"), scope="row")]
    if is_timed:
        cells += [
            tag("td", row.exclusive, _bar(row.bar), class_="number"),
            tag("td", tag("span", row.share, class_="share"), class_="number"),
        ]
    return tag("tr", *cells, *(tag("td", cell, class_="number") for cell in row.cells), class_=row.heat)


def _bar(share: float | None) -> Html:
    """A drawing without words beside its number."""
    if share is None:
        return Html("")
    ground = tag("rect", class_="bar-ground", width=100, height=6)
    fill = tag("rect", class_="bar-fill", width=f"{share:g}", height=6)
    box = {"viewBox": "0 0 100 6", "preserveAspectRatio": "none"}
    return tag("svg", ground, fill, class_="bar-line", aria_hidden="true", **box)

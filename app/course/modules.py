"""Reads `course/modules/NN-slug/`: what breaks at a stage, and the moves that answer it."""

import re

from app.course.tables import Folder, Table, report_repeats
from app.course.values import Module, Move, Reference
from app.course.vocabulary import LEAST_MOVES

FOLDER_NAME = re.compile(r"([0-9]{2})-([a-z0-9]+(?:-[a-z0-9]+)*)")


def read_modules(folder: Folder) -> tuple[Module, ...]:
    """Every module in the order of its number, which its folder's name carries."""
    names = folder.names("modules")
    if not names:
        folder.report("modules", 1, "The course has no module.")
    slugs: dict[str, str] = {}
    modules = [_module(folder, name, slugs) for name in names]
    _report_numbering(folder, names)
    return tuple(module for module in modules if module)


def _report_numbering(folder: Folder, names: list[str]) -> None:
    numbered = [(int(match.group(1)), name) for name in names if (match := FOLDER_NAME.fullmatch(name))]
    for expected, (number, name) in enumerate(numbered, start=1):
        if number != expected:
            folder.report(
                f"modules/{name}/module.toml",
                1,
                f"Module {expected:02} was expected here; number from 01 without a gap or a repeat.",
            )
            return  # every later number would be off for the same reason


def _module(folder: Folder, name: str, slugs: dict[str, str]) -> Module | None:
    below = f"modules/{name}"
    match = FOLDER_NAME.fullmatch(name)
    if match is None:
        folder.report(f"{below}/module.toml", 1, f'The folder is called "{name}"; call it like 03-caching.')
        return None
    slug = match.group(2)
    if slug in slugs:
        folder.report(
            f"{below}/module.toml", 1, f'"{slug}" is already the slug of {slugs[slug]}; rename one folder.'
        )
    slugs.setdefault(slug, name)
    intro = folder.markdown(f"{below}/intro.md")
    table = folder.sheet(f"{below}/module.toml")
    if table is None:
        return None
    module = Module(
        slug=slug,
        number=int(match.group(1)),
        title=table.text("title"),
        milestone=table.text("milestone"),
        breaks=table.text("breaks"),
        intro=intro,
        moves=_moves(folder, table, below),
        references=tuple(_reference(each) for each in table.tables("references")),
    )
    table.done()
    return module


def _moves(folder: Folder, table: Table, below: str) -> tuple[Move, ...]:
    tables = table.tables("moves")
    moves = tuple(_move(folder, each, below) for each in tables)
    report_repeats(tables, [move.key for move in moves], "moves")
    if len(moves) < LEAST_MOVES:
        table.report(f"The module has {len(moves)} moves; write at least {LEAST_MOVES}.", at="moves")
    if moves and not any(move.required for move in moves):
        table.report(
            "No move is required; a module with nothing required is complete before it is read.", at="moves"
        )
    _report_unread(folder, tables, below)
    return moves


def _move(folder: Folder, table: Table, below: str) -> Move:
    move = Move(
        key=table.key("key"),
        title=table.text("title"),
        body=folder.markdown_named_by(table, "body", below),
        look_at=table.text("look_at"),
        required=table.flag("required"),
    )
    table.done()
    return move


def _report_unread(folder: Folder, tables: list[Table], below: str) -> None:
    named = {table.values.get("body") for table in tables} | {"intro.md"}
    for name in sorted(folder.markdown_names(below) - named):
        folder.report(f"{below}/{name}", 1, "No move names this file; add it to module.toml or delete it.")


def _reference(table: Table) -> Reference:
    reference = Reference(
        author=table.text("author"),
        title=table.text("title"),
        part=table.text("part", optional=True),
        note=table.text("note"),
        url=table.text("url", optional=True),
        required=table.flag("required"),
    )
    table.done()
    if reference.url and not reference.url.startswith("https://"):
        table.report("`url` must start with https://.", at="url")
    return reference

"""Reads `course/capstones/<slug>/calibration/<pack>/`: example work with the rating it is known to deserve."""

from app.course.tables import KEY, Folder, Table, report_repeats
from app.course.values import Calibration, KnownLevel, Pack, PackFile, Rubric

MOST_BYTES = 64 * 1024
"""Of one file: an example is read on one page, in a quarter of an hour."""


def read_packs(folder: Folder, below: str, rubric: Rubric, slots: set[str]) -> tuple[Pack, ...]:
    """The packs of one capstone by the names of their folders."""
    names = folder.names(f"{below}/calibration")
    packs = [_pack(folder, f"{below}/calibration/{name}", name, rubric, slots) for name in names]
    return tuple(pack for pack in packs if pack is not None)


def read_calibration(table: Table | None) -> Calibration:
    """The rule of the whole course; without the table, the one that stands in `values.Calibration`."""
    if table is None:
        return Calibration()
    found = Calibration(
        required=table.flag("required"),
        most_apart=table.number("most_apart", least=0),
        most_different=table.number("most_different", least=0),
    )
    table.done()
    return found


def _pack(folder: Folder, below: str, key: str, rubric: Rubric, slots: set[str]) -> Pack | None:
    table = folder.sheet(f"{below}/pack.toml")
    if table is None:
        return None
    if not KEY.fullmatch(key):
        table.report(f'The folder is called "{key}"; use small letters, digits and single hyphens.')
    pack = Pack(
        key=key,
        title=table.text("title"),
        summary=table.text("summary"),
        files=tuple(_file(folder, below, each, slots) for each in table.tables("files")),
        levels=_levels(table, rubric),
    )
    if not pack.files:
        table.report("The pack has no file; name at least one.", at="files")
    table.done()
    return pack


def _file(folder: Folder, below: str, table: Table, slots: set[str]) -> PackFile:
    slot = table.key("slot")
    file = PackFile(
        slot=slot, name=table.text("name"), text=folder.text_named_by(table, "name", below, MOST_BYTES)
    )
    table.done()
    if slot and slot not in slots:
        table.report(f'`slot` names "{slot}", and this capstone has no such slot.', at="slot")
    return file


def _levels(table: Table, rubric: Rubric) -> tuple[KnownLevel, ...]:
    """One known level for each criterion of the rubric, and no other."""
    tables = table.tables("levels")
    found = tuple(_level(each, rubric) for each in tables)
    report_repeats(tables, [each.criterion for each in found], "levels", at="criterion")
    missing = [each.key for each in rubric.criteria if each.key not in {level.criterion for level in found}]
    if missing:
        table.report(f"No level is known for: {', '.join(missing)}. Give one with its reason.", at="levels")
    return found


def _level(table: Table, rubric: Rubric) -> KnownLevel:
    known = KnownLevel(
        criterion=table.key("criterion"), level=table.key("level"), reason=table.text("reason")
    )
    table.done()
    levels = {each.key: {level.key for level in each.levels} for each in rubric.criteria}
    if known.criterion and known.criterion not in levels:
        table.report(f'`criterion` names "{known.criterion}", and the rubric has none such.', at="criterion")
    elif known.level and known.level not in levels.get(known.criterion, {known.level}):
        table.report(f'`level` names "{known.level}", and that criterion has no such level.', at="level")
    return known

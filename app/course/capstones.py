"""Reads `course/capstones/<slug>/`: the brief, the slots, the claims."""

from app.course.comments import read_comments
from app.course.packs import read_packs
from app.course.rubrics import read_rubric
from app.course.tables import KEY, Folder, Table, report_repeats
from app.course.values import OWN_SLOTS, Capstone, ClaimDef, Slot
from app.course.vocabulary import ALL_UNITS, DIRECTIONS, SIDES, UNITS


def read_capstones(folder: Folder) -> tuple[Capstone, ...]:
    """Every capstone, ordered by its number."""
    names = folder.names("capstones")
    if not names:
        folder.report("capstones", 1, "The course has no capstone.")
    found: dict[int, str] = {}
    capstones = [_capstone(folder, name, found) for name in names]
    if found and sorted(found) != list(range(1, len(found) + 1)):
        folder.report(
            "capstones", 1, f"Capstones are numbered {_listed(found)}; number them 1, 2, 3 without a gap."
        )
    return tuple(sorted((each for each in capstones if each), key=lambda each: each.number))


def _listed(numbers: dict[int, str]) -> str:
    return ", ".join(str(number) for number in sorted(numbers))


def _capstone(folder: Folder, slug: str, found: dict[int, str]) -> Capstone | None:
    below = f"capstones/{slug}"
    table = folder.sheet(f"{below}/capstone.toml")
    brief = folder.markdown(f"{below}/brief.md")
    slots = _slots(table) if table else ()
    rubric = read_rubric(folder, f"{below}/rubric.toml", {slot.key for slot in slots} if table else None)
    if table is None:
        return None
    if not KEY.fullmatch(slug):
        table.report(f'The folder is called "{slug}"; use small letters, digits and single hyphens.')
    capstone = Capstone(
        slug=slug,
        number=_number(table, slug, found),
        title=table.text("title"),
        summary=table.text("summary"),
        brief=brief,
        slots=slots,
        claims=_claims(table, {slot.key for slot in slots}),
        rubric=rubric,
        second_reader=table.flag("second_reader", optional=True),
        packs=read_packs(folder, below, rubric, {slot.key for slot in slots}),
        comments=read_comments(folder, f"{below}/comments.toml", rubric),
    )
    table.done()
    return capstone


def _number(table: Table, slug: str, found: dict[int, str]) -> int:
    number = table.number("number", least=1)
    if number in found:
        table.report(f"Capstone {number} is already {found[number]}; give each its own number.", at="number")
    found.setdefault(number, slug)
    return number


def _slots(table: Table) -> tuple[Slot, ...]:
    tables = table.tables("slots")
    slots = tuple(_slot(each) for each in tables)
    report_repeats(tables, [slot.key for slot in slots], "slots")
    for each, slot in zip(tables, slots, strict=True):
        if slot.key in OWN_SLOTS:
            each.report(f'The portal keeps the key "{slot.key}" for archives; choose another.', at="key")
        if slot.before and slot.before not in {other.key for other in slots if other is not slot}:
            each.report(
                f'`before` names "{slot.before}", and this capstone has no such other slot.', at="before"
            )
    if slots and not any(slot.required for slot in slots):
        table.report("No slot is required; require at least one.", at="slots")
    return slots


def _slot(table: Table) -> Slot:
    slot = Slot(
        key=table.key("key"),
        title=table.text("title"),
        hint=table.text("hint"),
        kinds=table.texts("kinds"),
        command=table.text("command", optional=True),
        example=table.text("example", optional=True),
        checked=table.text("checked"),
        required=table.flag("required"),
        many=table.flag("many"),
        before=table.key("before", optional=True),
    )
    table.done()
    return slot


def _claims(table: Table, slots: set[str]) -> tuple[ClaimDef, ...]:
    tables = table.tables("claims")
    claims = tuple(_claim(each, slots) for each in tables)
    report_repeats(tables, [claim.key for claim in claims], "claims")
    _report_half_pairs(tables, claims)
    return claims


def _claim(table: Table, slots: set[str]) -> ClaimDef:
    claim = ClaimDef(
        key=table.key("key"),
        label=table.text("label"),
        metric=table.choice("metric", UNITS.keys()),
        unit=table.choice("unit", ALL_UNITS),
        slot=table.key("slot"),
        side=table.choice("side", SIDES, optional=True),
        layer=table.key("layer", optional=True),
        better=table.choice("better", DIRECTIONS, optional=True),
        required=table.flag("required"),
        hint=table.text("hint"),
        also=table.texts("also", optional=True),
    )
    table.done()
    for at, named in (("slot", (claim.slot,)), ("also", claim.also)):
        for slot in named:
            if slot and slot not in slots:
                table.report(f'`{at}` names "{slot}", and this capstone has no such slot.', at=at)
    units = UNITS.get(claim.metric, ALL_UNITS)
    if claim.unit in ALL_UNITS and claim.unit not in units:
        allowed = ", ".join(sorted(units))
        table.report(f"{claim.metric} cannot be given in {claim.unit}; its units are: {allowed}.", at="unit")
    return claim


def _report_half_pairs(tables: list[Table], claims: tuple[ClaimDef, ...]) -> None:
    sides = {(claim.layer, claim.metric, claim.side) for claim in claims}
    other = {"before": "after", "after": "before"}
    for table, claim in zip(tables, claims, strict=True):
        wanted = other.get(claim.side)
        if wanted and (claim.layer, claim.metric, wanted) not in sides:
            table.report(f'"{claim.key}" has no claim on the {wanted} side to be compared with.', at="side")

"""Numbers as people read them."""

from app.evidence.units import shown
from app.words import Number, _, grouped


def shown_number(value: float | int | str) -> str:
    """Four significant digits, thousands grouped, in the reader's language when printed; text as it is."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, str):
        return value if len(value) <= 120 else f"{value[:120]}…"
    if isinstance(value, int) or float(value).is_integer():
        return grouped(int(value))
    return Number(shown(value))

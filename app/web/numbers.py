"""Numbers as people read them."""

from app.evidence.units import shown


def shown_number(value: float | int | str) -> str:
    """Four significant digits, thousands grouped; text as it is."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value if len(value) <= 120 else f"{value[:120]}…"
    if isinstance(value, int) or float(value).is_integer():
        return f"{int(value):,}"
    return shown(value)

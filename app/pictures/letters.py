"""How much room words take in a drawing. Nothing measures them when it is made, so it is reckoned, rather too much."""

import unicodedata

LETTER, CAPITAL, BROAD, WIDE = 7.2, 8.8, 11.0, 15.0
"""Units of the view box: most letters, capitals, the broadest Latin letters, and signs as wide as high."""
_BROAD = frozenset("mwMW@%—…")


def width_of(text: str) -> float:
    """Units from the first to the last letter; marks on a letter and joiners take none."""
    return sum(map(_width, text))


def fitted(text: str, room: float) -> str:
    """All of it, else as much as `room` holds with an ellipsis; nothing when not even that has room."""
    if width_of(text) <= room:
        return text
    left, kept = room - width_of("…"), 0
    for letter in text:
        left -= _width(letter)
        if left < 0:
            break
        kept += 1
    return f"{text[:kept]}…" if kept else ""


def _width(letter: str) -> float:
    if unicodedata.category(letter) in ("Mn", "Me", "Cf"):
        return 0.0
    if unicodedata.east_asian_width(letter) in ("W", "F"):
        return WIDE
    if letter in _BROAD:
        return BROAD
    return CAPITAL if letter.isupper() else LETTER

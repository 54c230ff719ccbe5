"""The words of pictures, in the language of whoever a picture is drawn for.

A drawing is text that no template translates, so `_` and `_n` give plain text in the reader's language at once: call
them while drawing, never in a constant. Where nobody listens, as on the command line, that language is English.
"""

from app.words import Number, Said, spoken


def _(sentence: str, /, **values: object) -> str:
    """The sentence; `%(name)s` in it stands for one of the values."""
    return spoken(Said(sentence, values=values))


def _n(one: str, many: str, amount: float, /, **values: object) -> str:
    """The sentence for so many; a fraction is many."""
    return spoken(Said(one, many, int(amount) if amount == int(amount) else 2, values))


def written(number: str) -> str:
    """A number as English writes it, perhaps with its unit, with the language's signs."""
    return spoken(Number(number))

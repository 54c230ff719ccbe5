"""Sentences that are written in English and read in the reader's language.

`_("…")` marks a sentence in Python. It *is* its English text: logs, the audit trail, tests and JSON see a plain string.
A template that prints it prints its translation, because Jinja asks a value for `__html__` first; other places that
show it to a person ask `spoken(…)`. How a language is added: docs/translating.md.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import SupportsIndex

from markupsafe import escape

from app.words.catalogue import ENGLISH, Catalogue

_listening: ContextVar[Catalogue] = ContextVar("listening", default=ENGLISH)


class Said(str):
    """A sentence in English that knows how it is said in other languages. Placeholders are `%(name)s`."""

    one: str
    many: str | None
    number: int
    values: Mapping[str, object]

    def __new__(
        cls, one: str, many: str | None = None, number: int = 1, values: Mapping[str, object] | None = None
    ) -> "Said":
        sentence = one if many is None or number == 1 else many
        said = super().__new__(cls, fill(sentence, values or {}))
        said.one, said.many, said.number, said.values = one, many, number, values or {}
        return said

    def spoken_in(self, catalogue: Catalogue) -> str:
        if catalogue is ENGLISH:
            return str(self)
        one, many = self.one, self.many
        sentence = catalogue.text(one) if many is None else catalogue.plural(one, many, self.number)
        return fill(sentence, {name: _spoken_in(value, catalogue) for name, value in self.values.items()})

    def __html__(self) -> str:
        return escape(self.spoken_in(_listening.get()))

    def __reduce_ex__(self, _protocol: SupportsIndex) -> tuple[object, ...]:
        return Said, (self.one, self.many, self.number, self.values)


class Number(str):
    """A number as English writes it, perhaps with its unit; a page writes it with its language's decimal sign."""

    __slots__ = ()

    def spoken_in(self, catalogue: Catalogue) -> str:
        return catalogue.language.number(str(self))

    def __html__(self) -> str:
        return escape(self.spoken_in(_listening.get()))


class Told(str):
    """What the checks said, in English; a page tells it in its language, as far as that has words for it."""

    __slots__ = ()

    def spoken_in(self, catalogue: Catalogue) -> str:
        return catalogue.told(str(self)) or str(self)

    def __html__(self) -> str:
        return escape(self.spoken_in(_listening.get()))


def _(sentence: str, /, **values: object) -> Said:
    """Mark a sentence for translation; `%(name)s` in it stands for one of the values."""
    return Said(sentence, values=values)


def _n(one: str, many: str, count: int, /, **values: object) -> Said:
    """A sentence that depends on a number, which stands in it as `%(count)s`."""
    return Said(one, many, count, {"count": grouped(count), **values})


def grouped(number: int) -> Number:
    """A whole number with its thousands grouped."""
    return Number(f"{number:,}")


def joined(sentences: Iterable[str], *, between: str = " ") -> Said:
    """One sentence after the other, each in the reader's language."""
    values = {str(place): sentence for place, sentence in enumerate(sentences)}
    return Said(between.join(f"%({place})s" for place in values), values=values)


def spoken(value: object) -> str:
    """What the reader is shown, for places that are no template: JSON answers, titles of mails."""
    return _spoken_in(value, _listening.get())


def listening() -> Catalogue:
    """The language of whoever is answered now."""
    return _listening.get()


def speak(catalogue: Catalogue) -> None:
    """From here on, in this thread, answer in this language."""
    _listening.set(catalogue)


@contextmanager
def speaking(catalogue: Catalogue) -> Iterator[None]:
    """Speak a language for as long as the block lasts."""
    before = _listening.set(catalogue)
    try:
        yield
    finally:
        _listening.reset(before)


def fill(sentence: str, values: Mapping[str, object]) -> str:
    """The sentence with its placeholders filled; without values a `%` is a plain sign."""
    return sentence % values if values else sentence


def _spoken_in(value: object, catalogue: Catalogue) -> str:
    return value.spoken_in(catalogue) if isinstance(value, Said | Number | Told) else str(value)

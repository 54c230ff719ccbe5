"""The languages, and what each sentence is in them: `translations/<code>.po`, read at the first use."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from gettext import c2py
from pathlib import Path

from app.words import po
from app.words.retelling import Phrases, Retelling

FOLDER = Path(__file__).parents[2] / "translations"
SIGN_BETWEEN_DIGITS = re.compile(r"(?<=\d)[.,](?=\d)")
PLURAL_FORMS = re.compile(r"nplurals=(\d);\s*plural=([^;\n]{1,300})")


@dataclass(frozen=True, slots=True)
class Language:
    """`name` is what its speakers call it; `signs` turns the signs of an English number into its own."""

    code: str
    name: str
    signs: Mapping[str, str]

    def number(self, text: str) -> str:
        """A number as English writes it, perhaps with its unit, with this language's signs."""
        return SIGN_BETWEEN_DIGITS.sub(lambda found: self.signs[found[0]], text) if self.signs else text


LANGUAGES = {
    "en": Language("en", "English", {}),
    "de": Language("de", "Deutsch", {".": ",", ",": "."}),
}


class Catalogue:
    """One language's sentences, and what the checks say. What is not translated stays English."""

    def __init__(
        self, language: Language, path: Path | None, checks: Path | None = None, phrases: Path | None = None
    ) -> None:
        self.language = language
        self._path, self._checks, self._phrases = path, checks, phrases

    @cached_property
    def texts(self) -> dict[str, tuple[str, ...]]:
        """Each English sentence with its translations: one, or as many as there are plural forms."""
        if self._path is None:
            return {}
        return {entry.one: entry.said for entry in self._entries if entry.one and all(entry.said)}

    @cached_property
    def which(self) -> Callable[[int], int]:
        """Which plural form a number takes."""
        header = next((entry.said[0] for entry in self._entries if not entry.one), "")
        found = PLURAL_FORMS.search(header)
        rule: Callable[[int], int] = c2py(found[2] if found else "n != 1")
        return rule

    def text(self, sentence: str) -> str:
        return self.texts.get(sentence, (sentence,))[0]

    def forms(self, one: str, many: str) -> tuple[str, ...]:
        """The sentence in all its plural forms."""
        return self.texts.get(one, (one, many))

    def plural(self, one: str, many: str, count: int) -> str:
        forms = self.forms(one, many)
        return forms[min(self.which(abs(count)), len(forms) - 1)]

    def told(self, text: str) -> str | None:
        """What a check said in English, in this language; None when it has no words for it."""
        return self._rules.told(text) or self._pieces.sentence(text)

    @cached_property
    def _rules(self) -> Retelling:
        return Retelling(_said(self._checks), self.language.number, self._pieces)

    @cached_property
    def _pieces(self) -> Phrases:
        """What the rules' fields hold, and what the ledger says."""
        return Phrases(_said(self._phrases), self.language.number)

    @cached_property
    def _entries(self) -> list[po.Entry]:
        return po.read(self._path.read_text("utf-8")) if self._path else []


def _said(path: Path | None) -> dict[str, str]:
    entries = po.read(path.read_text("utf-8")) if path else []
    return {entry.one: entry.said[0] for entry in entries if entry.one and all(entry.said)}


ENGLISH = Catalogue(LANGUAGES["en"], None)


@cache
def catalogue(code: str) -> Catalogue:
    """The sentences of a language, kept for as long as the process lives."""
    if code == "en":
        return ENGLISH
    return Catalogue(LANGUAGES[code], *(FOLDER / f"{code}{part}.po" for part in ("", ".checks", ".phrases")))

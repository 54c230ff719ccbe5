"""What a heading, a cell or a paragraph is about: words compared without case, marks, numbers and endings."""

from __future__ import annotations

import re
import unicodedata
from functools import cached_property
from typing import TYPE_CHECKING

from app.evidence.patterns import lazy

if TYPE_CHECKING:
    from difflib import SequenceMatcher

ALIKE = 0.86
_NUMBERING = lazy(
    r"^\s{0,4}(?:(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)]|\d{1,2}(?:\.\d{1,2}){1,3}\.?|#{1,6})\s{1,4}"
)
_NO_WORD = lazy(r"[^a-z0-9%]{1,200}")
_PLACEHOLDER = lazy(
    r"\b(?:TODO|TBD|FIXME|XXX|lorem ipsum|your[- ](?:name|team|service|company)|fill (?:this )?in|placeholder)\b"
    r"|<(?:your|insert|fill|enter|add)\b[^<>\n]{0,60}>|<(?:address|link|url|team|person|phone|owner)>"
    r"|\bexample\.(?:com|org|net)\b",
    re.IGNORECASE,
)


def normal(text: str) -> str:
    """Small letters, single blanks, no numbering, no marks: `2.1 What Breaks?` becomes `what breaks`."""
    plain = unicodedata.normalize("NFKD", _NUMBERING.sub("", text[:400])).encode("ascii", "ignore").decode()
    return _NO_WORD.sub(" ", plain.lower()).strip()


class Subjects(dict[str, tuple[str, ...]]):
    """Subjects, and for each the phrases that name it; constant once it has been asked."""

    @cached_property
    def phrases(self) -> list[tuple[str, str]]:
        """(normal phrase, subject), the longest first, then in the order of the subjects."""
        pairs = [(normal(phrase), subject) for subject, known in self.items() for phrase in known]
        return sorted(pairs, key=lambda pair: -len(pair[0]))


def about(text: str, subjects: Subjects) -> str | None:
    """The subject whose words stand in the text (whole words), else whose words nearly are it; None when none fits.

    Subjects are tried in their order; a longer phrase wins over a shorter one.
    """
    words = f" {normal(text)} "
    for phrase, subject in subjects.phrases:
        if f" {phrase} " in words:
            return subject
    from difflib import SequenceMatcher

    words = words.strip()
    shortest, longest = int(len(words) * ALIKE / (2 - ALIKE)), int(len(words) * (2 - ALIKE) / ALIKE) + 1
    alike = SequenceMatcher(None, "", words)  # what it learns of the second text serves for all
    for phrase, subject in subjects.phrases:
        if len(phrase) > 4 and shortest <= len(phrase) <= longest and _is_alike(alike, phrase):
            return subject
    return None


def _is_alike(alike: SequenceMatcher[str], phrase: str) -> bool:
    """The ratio of difflib, which is cubic, after its upper bound by letters, which is not."""
    alike.set_seq1(phrase)
    return alike.quick_ratio() >= ALIKE and alike.ratio() >= ALIKE


def placeholders(text: str) -> list[str]:
    """What was left to be filled in: TODO, <your team>, lorem ipsum, example.com; not the `<pod>` of a command."""
    return [match[0] for match in _PLACEHOLDER.finditer(text[:200_000])]

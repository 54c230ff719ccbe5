"""The search language of the review queue: `is:waiting capstone:3 -check:fail waiting:>3d sort:round`.

Every word narrows the search; a minus turns it round; `|` parts values of which one must fit; quotes keep blanks. What
is not understood is left out and named, with the nearest word that is known, so that a slip never empties the page.
"""

from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from enum import StrEnum
from operator import attrgetter

LONGEST = 300
MOST_TERMS = 12
MOST_VALUES = 6
LONGEST_WORD = 60

CHOICES: dict[str, tuple[str, ...]] = {
    "is": ("waiting", "mine", "claimed", "decided", "released", "skipped"),
    "check": ("fail", "warn", "clean"),
    "claims": ("contradicted", "agree", "unchecked"),
    "sort": ("waiting", "newest", "round"),
}
FREE = ("capstone", "reviewer", "learner")
MEASURED = ("round", "waiting")
KEYS = (*CHOICES, *FREE, *MEASURED)
COMPARISONS = (">=", "<=", ">", "<")
UNITS = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800}


class Problem(StrEnum):
    """Why a word was left out."""

    UNKNOWN_WORD = "unknown_word"
    UNKNOWN_VALUE = "unknown_value"
    NO_VALUE = "no_value"
    NO_NUMBER = "no_number"
    NO_SPAN = "no_span"
    NOT_TURNED = "not_turned"
    OPEN_QUOTE = "open_quote"
    TOO_LONG = "too_long"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class Hint:
    """A word that was left out; `nearest` is the known one that looks most like it, or empty."""

    problem: Problem
    word: str = ""
    nearest: str = ""
    known: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Measure:
    """A comparison with a number: of rounds, or of seconds. `sign` is one of COMPARISONS or "="."""

    sign: str
    number: int


@dataclass(frozen=True, slots=True)
class Term:
    """One condition: any of `values`, or the measure, or its opposite."""

    key: str
    values: tuple[str, ...] = ()
    measure: Measure | None = None
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Search:
    """What is asked for. Equal questions are equal values, whatever the order in which they were typed."""

    terms: tuple[Term, ...] = ()
    sort: str = "waiting"
    hints: tuple[Hint, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether it is the queue as it stands."""
        return not self.terms and self.sort == "waiting"


def parse(text: str, *, named: bool = False) -> Search:
    """Read a search as typed. Never fails: what does not fit is a hint. `named`: learners are known by name."""
    hints: list[Hint] = []
    if len(text) > LONGEST:
        hints.append(Hint(Problem.TOO_LONG))
    terms: set[Term] = set()
    sort = "waiting"
    words = _words(text[:LONGEST], hints)
    if len(words) > MOST_TERMS:
        hints.append(Hint(Problem.TOO_MANY))
    for word in words[:MOST_TERMS]:
        term = _term(word, named=named)
        if isinstance(term, Hint):
            hints.append(term)
        elif term.key == "sort":
            sort = term.values[0]
        else:
            terms.add(term)
    return Search(tuple(sorted(terms, key=_order)), sort, tuple(hints))


def _order(term: Term) -> str:
    return repr(attrgetter("key", "values", "measure", "negated")(term))


def _words(text: str, hints: list[Hint]) -> list[str]:
    """Parted at blanks outside quotes; the quotes themselves go."""
    words, word, quoted, started = [], "", False, False
    for sign in text:
        if sign == '"':
            quoted, started = not quoted, True
        elif quoted or not sign.isspace():
            word, started = word + sign, True
        elif started:
            words.append(word)
            word, started = "", False
    if quoted:
        hints.append(Hint(Problem.OPEN_QUOTE, _short(word)))
    elif started:
        words.append(word)
    return [each for each in words if each]


def _term(word: str, *, named: bool) -> Term | Hint:
    negated, bare = word.startswith("-"), word.removeprefix("-")
    key, colon, value = bare.partition(":")
    key, value = key.casefold(), value.strip()
    if not colon:
        return Term("learner", (bare[8:],), None, negated) if _is_label(bare) else _loose(bare, negated)
    if key not in KEYS:
        return Hint(Problem.UNKNOWN_WORD, _short(f"{key}:"), _nearest(key, KEYS, ":"), KEYS)
    if not value:
        return Hint(Problem.NO_VALUE, f"{key}:", "", CHOICES.get(key, ()))
    if key == "sort" and negated:
        return Hint(Problem.NOT_TURNED, "-sort:")
    return _measured(key, value, negated) if key in MEASURED else _chosen(key, value, negated, named=named)


def _loose(word: str, negated: bool) -> Term | Hint:
    """A word by itself: a value that only one key knows is said with it, anything else looks for a capstone."""
    keys = [key for key, values in CHOICES.items() if word.casefold() in values and key != "sort"]
    if len(keys) == 1:
        return Hint(Problem.UNKNOWN_WORD, _short(word), f"{keys[0]}:{word.casefold()}", KEYS)
    if word.isascii() and word.isupper() and word in {"OR", "AND", "NOT"}:
        return Hint(Problem.UNKNOWN_WORD, word, "|" if word == "OR" else "", KEYS)
    return Term("capstone", (_short(word).casefold(),), None, negated)


def _is_label(word: str) -> bool:
    return word.casefold().startswith("learner-") and _is_whole(word[8:])


def _chosen(key: str, value: str, negated: bool, *, named: bool) -> Term | Hint:
    values = tuple(_short(each.strip()).casefold() for each in value.split("|")[:MOST_VALUES] if each.strip())
    if key == "learner":
        values = tuple(each.removeprefix("learner-") for each in values)
        if wrong := next((each for each in values if not (named or _is_whole(each))), ""):
            return Hint(Problem.NO_NUMBER, f"learner:{wrong}")
    known = CHOICES.get(key, values)
    if wrong := next((each for each in values if each not in known), ""):
        return Hint(Problem.UNKNOWN_VALUE, f"{key}:{wrong}", _nearest(wrong, known, before=f"{key}:"), known)
    if not values:
        return Hint(Problem.NO_VALUE, f"{key}:", "", CHOICES.get(key, ()))
    return Term(key, tuple(sorted(set(values))) if key != "sort" else values[:1], None, negated)


def _measured(key: str, value: str, negated: bool) -> Term | Hint:
    sign = next((each for each in COMPARISONS if value.startswith(each)), "")
    rest = value.removeprefix(sign).casefold()
    if key == "round":
        if not _is_whole(rest):
            return Hint(Problem.NO_NUMBER, _short(f"{key}:{value}"))
        return Term(key, (), Measure(sign or "=", int(rest)), negated)
    if not (rest and rest[-1] in UNITS and _is_whole(rest[:-1])):
        return Hint(Problem.NO_SPAN, _short(f"{key}:{value}"))
    return Term(key, (), Measure(sign or ">=", int(rest[:-1]) * UNITS[rest[-1]]), negated)


def span(measure: Measure) -> timedelta:
    return timedelta(seconds=measure.number)


def _is_whole(text: str) -> bool:
    """A number of at most five digits; `str.isdigit` alone takes signs that `int` refuses."""
    return text.isascii() and text.isdigit() and len(text) <= 5


def _short(word: str) -> str:
    return word.replace("\x00", "")[:LONGEST_WORD]


def _nearest(word: str, known: tuple[str, ...], after: str = "", *, before: str = "") -> str:
    close = get_close_matches(word[:LONGEST_WORD], known, n=1, cutoff=0.5)
    return f"{before}{close[0]}{after}" if close else ""

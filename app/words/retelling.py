"""What the checks said of a file, in another language.

A finding is kept as the English text it became when the file was read. It is recognised by the
template it was made from (`{n} requests are too few for a p99: …`), and the translation of that template is filled with
the same values. A text that no template makes any more stays English.

Templates are those of `app.evidence.findings`: a field with two words, `{count:alert has|alerts have}`, chooses one by
its number. Texts quote what learners wrote, so recognising one takes a single pass from left to right, whatever it
holds. A value may itself be a phrase of the checks, a list of phrases or a number with a unit, and is then told too;
whatever else stands in a field stays as it is.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from string import Formatter

NUMBER = re.compile(r"[-+−]?\d[\d,]{0,30}(?:\.\d{1,30})?(?:e[-+]?\d{1,4})?(?: ?[^\s\d.,]{1,12})?")
MEASURE = re.compile(rf"{NUMBER.pattern}(?: {NUMBER.pattern}){{0,3}}")
RANGE = re.compile(rf"({NUMBER.pattern})( to )({NUMBER.pattern})")
MORE = re.compile(r"(.+)( and [\d,]{1,12} more)", re.DOTALL)
BASIS = re.compile(r"([^(]+)( \(.+\))", re.DOTALL)
PLACE = re.compile(r"(\S{1,200}: )(.+)", re.DOTALL)
SENTENCE_END = re.compile(r"(?<=[.!?]) (?=[A-Z])")
"""Where two fields part that end a template with one blank between them: `{why} {needs}`."""
ADDED = re.compile(r"[;,] | \(| (?:That|by|at) ")
BETWEEN = re.compile(r"(, and |, | and |; )")
UNIT = re.compile(r"(?<=\d )[a-z]{2,12}")
HEAD, TAIL = 5, 8
FEWEST = 4
"""Letters between its fields without which a template would recognise anything."""
REMEMBERED = 8192
DEEPEST = 4
"""Phrases in phrases: a reason quotes a basis, which quotes a list."""
LONGEST_VALUE = 1000
OF_LEARNERS = frozenset(
    ("alert", "column", "deploy", "file", "files", "header", "index", "instance", "job", "jobs", "label", "name",
     "names", "page", "pool", "ref", "series", "smoke", "table", "text", "title", "version", "versions"),
)  # fmt: skip
"""Fields whose single words are names that somebody gave, even where they are words of ours too."""

Part = tuple[str, str, str]
"""Literal text, and the field behind it with its choice of words; both empty at the end."""


class Retelling:
    """The templates of one language. `number` writes a number, perhaps with its unit, as that language does.

    `phrases` tells what else stands in the fields of these.
    """

    def __init__(
        self, said: Mapping[str, str], number: Callable[[str], str], phrases: "Phrases | None" = None
    ) -> None:
        self._number, self._phrases = number, phrases
        self._whole = {one: other for one, other in said.items() if not fields(one)}
        self._heads: defaultdict[str, list[_Shape]] = defaultdict(list)
        self._tails: defaultdict[str, list[_Shape]] = defaultdict(list)
        self._others: list[_Shape] = []
        for shape in _shapes((one, other) for one, other in said.items() if fields(one)):
            if shape.letters >= FEWEST or shape.literals[0].startswith(" "):
                self._place(shape)
        self.told = lru_cache(REMEMBERED)(self._told)

    def _place(self, shape: "_Shape") -> None:
        first, last = shape.literals[0], shape.literals[-1]
        if len(first) >= HEAD:
            self._heads[first[:HEAD]].append(shape)
        elif len(last) >= TAIL:
            self._tails[last[-TAIL:]].append(shape)
        else:
            self._others.append(shape)

    def _told(self, text: str, deep: int = DEEPEST) -> str | None:
        """The text in this language; None when no template makes it."""
        if (whole := self._whole.get(text)) is not None:
            return whole
        heads, tails = self._heads.get(text[:HEAD], ()), self._tails.get(text[-TAIL:], ())
        candidates = [*heads, *tails, *self._others]
        for shape in sorted(candidates, key=lambda shape: (-shape.letters, -len(shape.literals))):
            if (values := shape.values(text)) is not None:
                return "".join(self._filled(shape, values, deep))
        return None

    def _filled(self, shape: "_Shape", values: Mapping[str, str], deep: int) -> Iterator[str]:
        is_quoted = False
        for literal, name, choice in parts(shape.other):
            yield literal
            is_quoted ^= literal.count("`") % 2 == 1
            if choice:
                one, _, many = choice.partition("|")
                yield one if shape.is_one.get(name, values.get(name) == "1") else many
            elif name:
                yield values[name] if is_quoted else self._in_field(name, values[name], deep)

    def _in_field(self, name: str, value: str, deep: int) -> str:
        if NUMBER.fullmatch(value) and self._phrases is None:
            return self._number(value)
        if self._phrases is None or (name in OF_LEARNERS and " " not in value):
            return value
        return self._phrases.value(value, deep - 1) or value


class Phrases(Retelling):
    """Pieces that stand in the fields of other texts, and of each other."""

    def __init__(self, said: Mapping[str, str], number: Callable[[str], str]) -> None:
        super().__init__(said, number, self)

    def sentence(self, text: str) -> str | None:
        """A phrase by itself, perhaps with the full stop of a rule that says nothing else."""
        told = self.value(text)
        if told is None and text.endswith(".") and (told := self.value(text[:-1])) is not None:
            told += "."
        return told

    def value(self, text: str, deep: int = DEEPEST) -> str | None:
        """What stands in a field, told: a number, a phrase, or a list of these; None for anything else."""
        if between := RANGE.fullmatch(text):
            low, word, high = between.groups()
            return self._number(low) + self._whole.get(word, word) + self._measure(high)
        if MEASURE.fullmatch(text):
            return (self._told(text, 0) if deep >= 0 else None) or self._measure(text)
        if deep < 0 or len(text) > LONGEST_VALUE:
            return None
        return (
            self._with_end(MORE, text, deep)
            or self._whole.get(text)
            or self._listed(text, deep)
            or self._told(text, deep)
            or self._with_end(BASIS, text, deep)
            or self._in_file(text, deep)
        )

    def _in_file(self, text: str, deep: int) -> str | None:
        """A file and the place in it: `capacity.csv: line 5`."""
        found = PLACE.fullmatch(text)
        place = self.value(found[2], deep - 1) if found else None
        return None if found is None or place is None else found[1] + place

    def _with_end(self, ending: re.Pattern[str], text: str, deep: int) -> str | None:
        """A text whose end is a phrase; what stands before that may be anything."""
        found = ending.fullmatch(text)
        tail = self._told(found[2], deep - 1) if found else None
        return None if found is None or tail is None else (self.value(found[1], deep - 1) or found[1]) + tail

    def _measure(self, text: str) -> str:
        return UNIT.sub(lambda found: self._whole.get(found[0], found[0]), self._number(text))

    def _listed(self, text: str, deep: int) -> str | None:
        """A list whose every member is known."""
        some = BETWEEN.split(text)
        if len(some) == 1:
            return None
        told = [self.value(each, -1) or self._told(each, deep - 1) for each in some[::2]]
        if None in told:
            return None
        words = [self._whole.get(each, each) for each in some[1::2]]
        return "".join(part for pair in zip(told, [*words, ""], strict=True) for part in pair if part)


@dataclass(frozen=True, slots=True)
class _Shape:
    """A template with its choices of words made: literals, the fields between them, and its translation."""

    literals: tuple[str, ...]
    names: tuple[str, ...]
    is_one: Mapping[str, bool]
    other: str
    letters: int

    def values(self, text: str) -> dict[str, str] | None:
        """What each field holds if this made the text: up to where the next literal begins."""
        if not text.startswith(self.literals[0]):
            return None
        found: dict[str, str] = {}
        at, last = len(self.literals[0]), len(self.names) - 1
        for place, name in enumerate(self.names):
            literal = self.literals[place + 1]
            end = _end(text, literal) if place == last else text.find(literal, at)
            if not literal and place != last:
                end = self._seam(text, at, place)
            elif literal == " " and place + 1 == last and not self.literals[-1]:
                end = found_end.start() if (found_end := SENTENCE_END.search(text, at)) else end
            if end < at or found.setdefault(name, text[at:end]) != text[at:end]:
                return None
            at = end + len(literal)
        return found if at == len(text) and self._agrees(found) else None

    def _seam(self, text: str, at: int, place: int) -> int:
        """Where the second of two fields that touch begins: with what is added to the first, or at its end."""
        after = self.literals[place + 2]
        end = _end(text, after) if place + 2 == len(self.names) else text.find(after, at)
        added = ADDED.search(text, at, max(at, end))
        return added.start() if added else end

    def _agrees(self, found: Mapping[str, str]) -> bool:
        """Whether the words chosen are those that go with the numbers."""
        return all((found[name] == "1") is one for name, one in self.is_one.items() if name in found)


def parts(template: str) -> Iterator[Part]:
    """Literal, field and choice, one after the other; a format such as `:,.1f` has done its work already."""
    for literal, name, spec, _ in Formatter().parse(template):
        yield literal, name or "", spec if spec and "|" in spec else ""


def fields(template: str) -> set[str]:
    """The names of a template's fields; without any, braces are plain signs."""
    return {name for _, name, _ in parts(template) if name}


def _shapes(said: Iterable[tuple[str, str]]) -> Iterator[_Shape]:
    for template, other in said:
        chosen = sorted({name for _, name, choice in parts(template) if choice})
        for which in product((True, False), repeat=len(chosen)):
            yield _shape(template, other, dict(zip(chosen, which, strict=True)))


def _shape(template: str, other: str, is_one: dict[str, bool]) -> _Shape:
    literals, names = [""], []
    for literal, name, choice in parts(template):
        literals[-1] += literal
        if choice:
            one, _, many = choice.partition("|")
            literals[-1] += one if is_one[name] else many
        elif name:
            names.append(name)
            literals.append("")
    letters = sum(map(str.isalpha, "".join(literals)))
    return _Shape(tuple(literals), tuple(names), is_one, other, letters)


def _end(text: str, literal: str) -> int:
    return len(text) - len(literal) if text.endswith(literal) else -1

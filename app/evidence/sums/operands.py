"""A number with the words around it as a quantity: `$1.5M a month`, `20 requests per user and day`, `99.9 %`."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace

from app.evidence.sums.quantities import CENTS, MONEY, RATES, SCALES, SIZES, TIMES, Quantity
from app.evidence.sums.tokens import Token

MOST_WORDS = 9
_PER = {"per", "a", "an", "each", "every", "/", "pro", "je", "am", "im"}
_OFTEN = {"hourly", "daily", "weekly", "monthly", "yearly", "täglich", "wöchentlich", "monatlich", "jährlich"}


def number(text: str) -> tuple[float, float, float]:
    """The value with a point for fractions, with a comma for them, and one of the last digit. 1,000 may be both."""
    head, _, power = re.sub("[eE]", "e", text).partition("e")
    raised = 10.0 ** int(power) if power and abs(int(power)) < 30 else 1.0
    bare = re.sub(r"[ '_]", "", head)
    english, other = _english(bare), _continental(bare)
    decimals = len(bare.partition("." if english == _english(bare) and "." in bare else ",")[2])
    is_grouped = "," in bare and "." not in bare and re.search(r",\d{3}$", bare)
    places = 0 if is_grouped or ("." not in bare and "," not in bare) else decimals
    return english * raised, other * raised, raised * 10.0**-places


def _english(bare: str) -> float:
    """1,234.5; a comma that cannot part thousands is a decimal one: 115,7 and 0,125."""
    if re.fullmatch(r"0,\d{1,12}|\d{1,18},(?:\d{1,2}|\d{4,12})", bare):
        return float(bare.replace(",", "."))
    if re.fullmatch(r"\d{1,3}(?:\.\d{3}){2,6}(?:,\d{1,12})?", bare):
        return float(bare.replace(".", "").replace(",", "."))
    return float(bare.replace(",", ""))


def _continental(bare: str) -> float:
    """1.234,5 for the same; what can be read one way only is that."""
    if re.fullmatch(r"[1-9]\d{0,2}(?:\.\d{3}){1,6}(?:,\d{1,12})?", bare):
        return float(bare.replace(".", "").replace(",", "."))
    if re.fullmatch(r"\d{1,18},\d{1,12}", bare):
        return float(bare.replace(",", "."))
    return _english(bare)


def quantity(
    before: Sequence[Token], figure: Token, after: Sequence[Token], *, is_about: bool = False
) -> Quantity:
    """The number and what its signs and words say of it; `after` holds words, slashes and signs in their order."""
    value, other, step = number(figure.text)
    said = [token.text.lower() for token in after]
    scale = SCALES.get(said[0], 1.0) if said else 1.0
    if said and said[0] == "m" and after[0].text == "m":  # small m is a minute or a metre, not a million
        scale = 1.0
    if scale != 1.0:
        said = said[1:]
    is_percent = bool(said) and said[0] in ("%", "percent")
    scale *= 0.01 if is_percent else 1.0
    signs = {token.text.lower() for token in before} | set(said)
    units = _pieces(said)
    times = [TIMES[word] for word in units if word in TIMES] + [
        RATES.get(word, 1.0) for word in units if word in RATES or word.endswith("bps")
    ]
    sizes = [SIZES[word] for word in units if word in SIZES]
    is_bare_b = bool(after) and after[0].text == "B"
    if is_bare_b and len(after) > 1 and after[1].kind == "word" and said[1] not in _PER:  # `1B requests`
        scale, is_bare_b = scale * SCALES["bn"], False
    return Quantity(
        text=f"{''.join(token.text for token in before if token.kind == 'money')}{figure.text}{_shown(after)}",
        value=value * scale,
        other=other * scale,
        step=step * scale,
        words=tuple(word for word in units if word.isalpha())[:MOST_WORDS],
        times=tuple(times[:3]),
        sizes=tuple(sizes[:1]),
        is_rate=_is_rate(said, units),
        is_money=bool(signs & MONEY),
        is_cents=bool(signs & CENTS),
        is_percent=is_percent,
        is_billion_or_bytes=is_bare_b,
        is_about=is_about,
        per=_per(said),
    )


def joined(first: Quantity, rest: Quantity) -> Quantity | None:
    """`43 min 12 s` in minutes; None when the second is no smaller unit of time."""
    long, short = _length(first), _length(rest)
    if not 0 < short < long or first.is_rate:
        return None
    share = short / long
    return replace(
        first, text=f"{first.text} {rest.text}", value=first.value + rest.value * share,
        other=first.other + rest.other * share, step=rest.step * share, times=(long,),
    )  # fmt: skip


def _length(one: Quantity) -> float:
    """In seconds; the m of `43m 12s` is a minute."""
    return TIMES["min"] if one.words == ("m",) else (*one.times, 0.0)[0]


def _pieces(said: Sequence[str]) -> list[str]:
    """Words parted at slashes and hyphens; `GB-month` and `req/s` are two each."""
    return [piece for word in said for piece in re.split(r"[/.-]", word) if piece]


def _is_rate(said: Sequence[str], units: Sequence[str]) -> bool:
    """So many in a time: `req/s`, `a day`, `per month`, `rps`, `Mbps`."""
    if any(word in RATES or word.endswith("bps") for word in units):
        return True
    pairs = itertools.pairwise(said)
    return any(first in _PER and second in TIMES for first, second in pairs) or not _OFTEN.isdisjoint(units)


def _per(said: Sequence[str]) -> float:
    """How many a number is for: `per million requests`, `je 1.000 Anfragen`; 1 when nothing is said."""
    for first, second in itertools.pairwise(said):
        if first in _PER and second in SCALES:
            return SCALES[second]
        if first in _PER and second[0].isdigit():
            english, other, _ = number(second)
            return max(english, other, 1.0)
    return 1.0


def _shown(after: Sequence[Token]) -> str:
    """The first words after a number, as they are shown."""
    words = [token.text for token in after[:3]]
    text = " ".join(words).replace(" / ", "/").replace("/ ", "/")
    glue = "" if words and words[0] == "%" else " "
    return f"{glue}{text}" if words else ""

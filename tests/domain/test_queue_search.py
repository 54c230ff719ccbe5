import random
import time

import pytest

from app.domain.queue_search import (
    LONGEST,
    MOST_TERMS,
    Hint,
    Measure,
    Problem,
    Search,
    Term,
    parse,
)


@pytest.mark.parametrize(
    ("typed", "term"),
    [
        ("is:waiting", Term("is", ("waiting",))),
        ("-check:fail", Term("check", ("fail",), negated=True)),
        ("check:fail|warn", Term("check", ("fail", "warn"))),
        ("CLAIMS:Contradicted", Term("claims", ("contradicted",))),
        ("capstone:three-bottlenecks", Term("capstone", ("three-bottlenecks",))),
        ('reviewer:"Ada Lovelace"', Term("reviewer", ("ada lovelace",))),
        ('"safe deploys"', Term("capstone", ("safe deploys",))),
        ("learner-4321", Term("learner", ("4321",))),
        ("learner:learner-4321", Term("learner", ("4321",))),
        ("round:2", Term("round", measure=Measure("=", 2))),
        ("round:>=2", Term("round", measure=Measure(">=", 2))),
        ("waiting:>3d", Term("waiting", measure=Measure(">", 259_200))),
        ("waiting:<90m", Term("waiting", measure=Measure("<", 5400))),
        ("waiting:1w", Term("waiting", measure=Measure(">=", 604_800))),
    ],
)
def test_a_word_is_a_condition(typed, term):
    assert parse(typed) == Search((term,))


def test_the_sort_is_no_condition_and_the_order_of_words_does_not_matter():
    one, other = parse("sort:round is:mine round:2"), parse("round:2  is:mine is:mine sort:round")

    assert one == other
    assert (one.sort, one.hints, one.is_plain) == ("round", (), False)


def test_nothing_typed_is_the_queue_as_it_stands():
    assert parse("  \t ") == Search()
    assert parse("sort:waiting").is_plain is True


@pytest.mark.parametrize(
    ("typed", "problem", "nearest"),
    [
        ("capstne:3", Problem.UNKNOWN_WORD, "capstone:"),
        ("is:waitin", Problem.UNKNOWN_VALUE, "is:waiting"),
        ("is:zzzz", Problem.UNKNOWN_VALUE, ""),
        ("contradicted", Problem.UNKNOWN_WORD, "claims:contradicted"),
        ("OR", Problem.UNKNOWN_WORD, "|"),
        ("is:", Problem.NO_VALUE, ""),
        ("check:|", Problem.NO_VALUE, ""),
        ("round:many", Problem.NO_NUMBER, ""),
        ("learner:mira", Problem.NO_NUMBER, ""),
        ("waiting:3", Problem.NO_SPAN, ""),
        ("waiting:>", Problem.NO_SPAN, ""),
        ("-sort:round", Problem.NOT_TURNED, ""),
    ],
)
def test_what_is_not_understood_is_left_out_and_named(typed, problem, nearest):
    found = parse(f"is:mine {typed}")

    assert found.terms == (Term("is", ("mine",)),)
    assert [(hint.problem, hint.nearest) for hint in found.hints] == [(problem, nearest)]


def test_a_quote_that_stays_open_is_named():
    assert parse('is:mine reviewer:"Ada').hints == (Hint(Problem.OPEN_QUOTE, "reviewer:Ada"),)


def test_only_so_much_is_read():
    assert [hint.problem for hint in parse("a " * LONGEST).hints] == [Problem.TOO_LONG, Problem.TOO_MANY]
    assert len(parse(" ".join(f"round:{n}" for n in range(20))).terms) == MOST_TERMS


def test_any_text_is_answered_at_once():
    signs = 'is:mine"-|><=\x00\u0661\ufdfa\U0001f600 \u2028 OR round:learner-capstone'
    dice = random.Random(8)
    begin = time.perf_counter()

    for _ in range(3000):
        found = parse("".join(dice.choice(signs) for _ in range(dice.randrange(200))))
        assert len(found.terms) + len(found.hints) <= MOST_TERMS + 3
        assert "\x00" not in repr(found)

    parse(":" * 5_000_000)
    assert time.perf_counter() - begin < 5

"""No pattern of the evidence package is slow on a line that repeats what the pattern repeats."""

import contextlib
import importlib
import pkgutil
import re
import signal
import time
from re import _constants as sre
from re import _parser

import pytest

from app import evidence
from app.evidence.patterns import Later

LINE = 1000
SLOW = 0.2  # seconds; the slowest that is kept takes a tenth of it
ALPHABET = "a1 -.x\n\"':/_,=<>()[]{}|"
REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT)


def test_a_line_of_repeats_is_searched_at_once():
    patterns = {pattern for module in modules() for pattern in inside(vars(module))}

    slow = {pattern.pattern: line[:40] for pattern in patterns if (line := slow_line(pattern))}

    assert len(patterns) > 500
    assert slow == {}


def test_nested_repeats_are_found():
    assert slow_line(re.compile(r"([a-z]?[a-z0-9]{1,30}){0,6}!")) is not None
    assert slow_line(re.compile(r"[a-z]{1,30}!")) is None


def modules():
    found = pkgutil.walk_packages(evidence.__path__, "app.evidence.")
    return [importlib.import_module(module.name) for module in found if not module.name.endswith("__main__")]


def inside(value):
    """The patterns of a module's names, of tuples, lists and mappings among them too."""
    if isinstance(value, Later):
        yield re.compile(value.pattern, value.flags)
    elif isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict | list | tuple):
        for each in value.values() if isinstance(value, dict) else value:
            yield from inside(each)


def slow_line(pattern):
    """A line that takes too long twice: each repeat of the pattern in turn, after what stands before it."""
    text = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    for before, repeated in repeats(_parser.parse(text, pattern.flags & ~re.DEBUG)):
        line = (before + repeated * (LINE // len(repeated)))[:LINE] + "\x00"
        data = line if isinstance(pattern.pattern, str) else line.encode("latin-1", "replace")
        if seconds(pattern, data) > SLOW and seconds(pattern, data) > SLOW:
            return line
    return None


def seconds(pattern, data):
    """Processor time of a search; one that would not end is stopped."""
    signal.setitimer(signal.ITIMER_REAL, 20 * SLOW)
    began = time.process_time()
    with contextlib.suppress(TimeoutError):
        pattern.search(data)
    signal.setitimer(signal.ITIMER_REAL, 0)
    return time.process_time() - began


@pytest.fixture(autouse=True)
def stopped_searches():
    before = signal.signal(signal.SIGALRM, stop)
    yield
    signal.signal(signal.SIGALRM, before)


def stop(*_):
    raise TimeoutError


def repeats(tree, before=""):
    """(what stands before a repeat, what it repeats) for each repeat that has no small end."""
    for op, argument in tree:
        if op in REPEATS and argument[1] > 3:
            yield before, example(argument[2])
        for branch in branches(op, argument):
            yield from repeats(branch, before)
        before += example([(op, argument)], is_shortest=True)


def branches(op, argument):
    if op in REPEATS:
        return [argument[2]]
    if op is sre.SUBPATTERN:
        return [argument[3]]
    return argument[1] if op is sre.BRANCH else []


def example(tree, *, is_shortest=False):
    """Text that the tree matches, lookarounds aside; never empty unless the shortest is asked for."""
    text = "".join(example_of(op, argument) for op, argument in tree)
    return text or ("" if is_shortest else "a")


def example_of(op, argument):
    if op is sre.LITERAL:
        return chr(argument)
    if op in REPEATS:
        return example(argument[2], is_shortest=True) * argument[0]
    if op in (sre.IN, sre.NOT_LITERAL, sre.ANY):
        return next((each for each in ALPHABET if fits(op, argument, each)), None) or first_of(argument)
    nested = branches(op, argument)
    return example(nested[0], is_shortest=True) if nested else ""


def fits(op, argument, character):
    if op is sre.ANY:
        return character != "\n"
    if op is sre.NOT_LITERAL:
        return chr(argument) != character
    is_inside = any(belongs(each, value, character) for each, value in argument if each is not sre.NEGATE)
    return is_inside != (argument[0][0] is sre.NEGATE)


def belongs(op, value, character):
    if op is sre.LITERAL:
        return chr(value) == character
    if op is sre.RANGE:
        return value[0] <= ord(character) <= value[1]
    name = str(value)
    kinds = {"DIGIT": str.isdigit, "SPACE": str.isspace, "WORD": lambda each: each.isalnum() or each == "_"}
    return next(test(character) for kind, test in kinds.items() if kind in name) != ("NOT" in name)


def first_of(argument):
    """The first character of a set that holds none of the alphabet."""
    op, value = argument[0]
    return chr(value[0] if op is sre.RANGE else value)

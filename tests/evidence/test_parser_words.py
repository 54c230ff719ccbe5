"""What a parser of JSON, YAML or TOML says of a broken file is told in our words, in every language."""

import json
import tomllib

import pytest
import yaml

from app.evidence import parser_words
from app.words import Told, speaking, spoken
from app.words.catalogue import catalogue

BROKEN = {
    "json": ("[1,", "{1: 2}", '{"a" 1}', "[1 2]", '["a', '["a\n"]', '["\\q"]', '["\\u12"]', "[] []"),
    "yaml": (
        "a: - b", "a: [1", "a: {b: 1", "- a\nb: 1", " a: 1\nb: 2", "a: *", "a: 1\n- b", "a: ]", "a: |\n\tx",
        "a:\n\t- 1", "a: @b", "a: !b!c d", 'a: "b\n---\n', "a: 'b", 'a: "\\q"', "a: b: c", "{a: b, c", "- 'it's'",
    ),
    "toml": ("a = ", "a", "a = [1", "[a", "a = 1\na = 2\n", "[a]\n[a]", 'a = "\\q"', "= 1", "a = 1 b = 2"),
}  # fmt: skip


def said(form, text):
    """What the parser says, and what we make of it."""
    try:
        match form:
            case "json":
                json.loads(text)
            case "yaml":
                list(yaml.parse(text, Loader=yaml.CSafeLoader))
            case "toml":
                tomllib.loads(text)
    except json.JSONDecodeError as error:
        return error.msg, parser_words.of_json(error.msg)
    except yaml.MarkedYAMLError as error:
        return error.problem, parser_words.of_yaml(error.problem)
    except tomllib.TOMLDecodeError as error:
        return str(error), parser_words.of_toml(str(error))[0]
    pytest.fail(f"{text!r} is not broken")


@pytest.mark.parametrize(("form", "text"), [(form, text) for form in BROKEN for text in BROKEN[form]])
def test_what_a_parser_says_is_told_in_german(form, text):
    theirs, ours = said(form, text)

    assert ours.lower() not in theirs.lower()
    with speaking(catalogue("de")):
        assert spoken(Told(ours)) != ours


def test_what_is_not_known_stays_as_the_parser_says_it():
    assert parser_words.of_yaml("found a comet") == "found a comet"
    assert parser_words.of_json("Expecting a comet") == "expecting a comet"
    assert parser_words.of_toml("No comet (at line 3, column 1)") == ("No comet (at line 3, column 1)", 3)

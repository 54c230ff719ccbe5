"""YAML as people write configuration: nothing is converted, every value knows its line, bombs are refused."""

import pytest

from app.evidence.yamls import BadYaml, documents
from tests.evidence import budget


def test_scalars_stay_what_was_typed():
    (read,) = documents("no: NO\nport: 22:22\non: push\nempty:\nzero: 0\nquoted: 'null'\nversion: 1.10\n")

    assert read == {
        "no": "NO",
        "port": "22:22",
        "on": "push",
        "empty": None,
        "zero": "0",
        "quoted": "null",
        "version": "1.10",
    }


def test_every_key_and_item_knows_its_line():
    (read,) = documents("groups:\n  - name: api\n    rules:\n    - alert: Slow\n\n    - alert: Down\n")

    rules = read["groups"][0]["rules"]
    assert (read.lines["groups"], read["groups"].lines, rules.lines) == (1, [2], [4, 6])
    assert rules[1].lines["alert"] == 6


def test_several_documents_and_merges():
    first, second = documents(
        "base: &base\n  retries: 3\n  port: 80\none:\n  <<: *base\n  port: 81\n---\njust text\n"
    )

    assert first["one"] == {"retries": "3", "port": "81"}
    assert second == "just text"


def test_a_key_that_stands_twice_is_remembered():
    (read,) = documents("a: 1\nb: 2\na: 3\n")

    assert (read, read.repeated) == ({"a": "3", "b": "2"}, [("a", 3)])


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: [1, 2\nb: 3\n", 2, "a comma or a closing bracket is missing"),
        ("a:\n\t- 1\n", 2, "a tab, or a sign that needs quotes, begins a value"),
        ("a: *b\n", 1, "names nothing"),
        ("a: &x\n  b: *x\n", 2, "stands inside what it names"),
        ("? [1, 2]\n: 3\n", 1, "a key is a whole list"),
        ("a: \x01\n", 1, "a sign that YAML does not allow"),
        ("[" * 200 + "]" * 200, 1, "nests deeper"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_line(text, line, words):
    with pytest.raises(BadYaml) as bad:
        documents(text)

    assert words in str(bad.value)
    assert bad.value.line == line


def test_bombs_of_aliases_are_refused_at_once():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    merges = ["m0: &m0 {k0: v, k00: v}"] + [
        f"m{n}: &m{n}\n  <<: [{', '.join([f'*m{n - 1}'] * 9)}]\n  k{n}: v" for n in range(1, 12)
    ]

    with budget.seconds(1):
        for bomb in ("\n".join(lines), "\n".join(merges)):
            with pytest.raises(BadYaml, match="more than"):
                documents(bomb)


def test_a_megabyte_is_read_in_two_seconds():
    text = "rules:\n" + "".join(f"  - alert: A{n}\n    expr: up == 0\n" for n in range(30_000))

    with budget.seconds(2):
        (read,) = documents(text)

    assert len(read["rules"]) == 30_000

"""Claims from TOML: every mistake is a sentence that names the table and the field."""

from decimal import Decimal

import pytest

from app.evidence import claims_file

GOOD = '[a]\nmetric = "p99"\nvalue = 184.0\nfile = "x.csv"\n'


def read(tmp_path, text):
    path = tmp_path / "claims.toml"
    path.write_text(text)
    return claims_file.read(path)


def test_a_number_keeps_the_digits_it_was_typed_with(tmp_path):
    exact, text, whole = read(
        tmp_path,
        GOOD
        + GOOD.replace("[a]", "[b]").replace("184.0", '"0.10"')
        + (GOOD.replace("[a]", "[c]").replace("184.0", "7")),
    )

    assert [str(claim.value) for claim in (exact, text, whole)] == ["184.0", "0.10", "7"]
    assert isinstance(whole.value, Decimal)
    assert (exact.slot, exact.label, exact.unit, exact.side) == (str(tmp_path / "x.csv"), "a", "", "")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "claims.toml holds no claim; write one table a claim: [p99-before]."),
        ("a = 1", "a stands outside a table; write [a] and its fields below it."),
        (GOOD.replace("p99", "p98"), "[a] has the metric p98; known are p50"),
        (GOOD.replace('"p99"', "99"), "[a] has no text in metric; put it in quotes."),
        (GOOD.replace("184.0", "true"), "[a] has no number in value."),
        (GOOD.replace("184.0", '"fast"'), "[a] has no number in value: fast."),
        (GOOD.replace("184.0", "nan"), "[a] has no number in value: NaN."),
        (GOOD.replace('"x.csv"', '""'), "[a] names no file."),
        (GOOD + 'side = "left"', "[a] has the side left; a side is before or after."),
        (GOOD + 'slot = "x"', "[a] has the unknown field slot; known are file"),
        ("[a", "claims.toml is not TOML"),
        ("#" + "x" * 300_000, "claims.toml is longer than 256 kB"),
    ],
)
def test_a_wrong_file_is_told_in_a_sentence(tmp_path, text, sentence):
    with pytest.raises(claims_file.WrongClaims) as wrong:
        read(tmp_path, text)

    assert str(wrong.value).startswith(sentence)


def test_what_is_no_number_is_claimed_in_words(tmp_path):
    (claim,) = read(tmp_path, '[a]\nmetric = "endpoint"\nvalue = "GET /orders"\nfile = "x.csv"\n')

    assert (claim.text, claim.value) == ("GET /orders", 0)

"""P3: the claimed hot spot against the functions of a profile."""

from decimal import Decimal

import pytest

from app.evidence.claims import Claim, FileFacts
from app.evidence.comparison import compare
from app.evidence.ledger import reckon

SHARES = [
    ["json.dumps", "json/__init__.py", 0.02, 0.61],
    ["encode", "json/encoder.py", 0.55, 0.59],
    ["shop.render(page)", "shop/page.py", 0.04, 0.05],
]


def claim(text):
    return Claim("app-hot-spot", "The hot spot", "hot_spot", Decimal(0), "text", "profile", "", "app", text)


def profile(slot="profile", shares=SHARES):
    return FileFacts(slot, "profile.txt", "profile", slot, {"shares": shares})


@pytest.mark.parametrize("name", ["json.dumps", "dumps", "json.dumps()", "JSON.dumps"])
def test_a_function_that_takes_the_time_agrees(name):
    (row,) = reckon([claim(name)], [profile()])

    assert (row.verdict, row.said) == ("agrees", name)
    assert row.reason == "json.dumps takes 61 % of the profile, 2.0 % itself."


def test_a_function_that_takes_little_contradicts_and_says_where_the_time_is():
    (row,) = reckon([claim("shop.render")], [profile()])
    (found,) = compare([profile()], [claim("shop.render")])

    assert row.verdict == "contradicts"
    assert row.reason.startswith(
        "shop.render(page) takes 5.0 % of the profile, 4.0 % itself. Most of its time is spent in"
    )
    assert found.code == "L1"


def test_a_function_that_is_not_there_contradicts():
    (row,) = reckon([claim("umps")], [profile()])

    assert row.verdict == "contradicts"
    assert row.reason == (
        "No function of that name is in it. "
        "Most of its time is spent in encode (55 %), shop.render(page) (4.0 %), json.dumps (2.0 %)."
    )


def test_a_profile_that_was_not_read_cannot_tell():
    (row,) = reckon([claim("json.dumps")], [profile(shares=[])])

    assert row.verdict == "unchecked"
    assert "Upload a profile taken under load" in row.reason


def test_profiles_of_two_slots_are_compared_without_a_claim():
    before, after = (FileFacts(slot, slot, "profile", "same", {"shares": SHARES}) for slot in ("one", "two"))

    assert compare([before, after], []) == ()
    assert [found.code for found in compare([before, after], [], [("one", "two")])] == ["G7"]


@pytest.mark.parametrize("inner", ["<listcomp>", "counted.<locals>.<listcomp>", "counted.func1"])
def test_what_is_written_inside_of_a_function_is_its_own_work(shelf, inner):
    facts = shelf.facts(
        f"serve (app.py);counted (app.py);{inner} (app.py) 95\nserve (app.py);dumps (json.py) 5\n"
    )

    passes_on = {each["name"]: each["passes_on"] for each in facts["functions"]}
    assert (passes_on["serve"], passes_on["counted"]) == (0.95, 0.0)

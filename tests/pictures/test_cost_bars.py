import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.pictures.cost_bars import cost_bars
from tests.pictures.reading import Read
from tests.pictures.test_any_facts import TEXT, WEIRD, require_sound


def group(layer, side, cost, requests=31_100_000, **others):
    return {
        "layer": layer,
        "side": side,
        "cost": {"value": cost, "period": "month"},
        "requests": {"value": requests, "period": "month"},
        "cost_per_request": None,
        "divided": cost / requests,
        **others,
    }


def sheet(*groups, currency="USD"):
    return {"currency": currency, "groups": list(groups)}


TWO = sheet(
    group("db", "after", 512),
    group("db", "before", 933),
    group("app", "before", 512),
    group("app", "after", 480),
)


def plain(text):
    return text.replace("\u00a0", " ")


def test_bars_stand_by_layer_with_before_first_and_bear_their_names():
    read = Read(cost_bars(TWO).svg)

    assert read.root.get("role") == "img"
    assert read.name == "Cost of a request, before and after"
    assert [each.text for each in read.has("layer")] == ["Database", "Application"]
    assert [each.text for each in read.has("side")] == ["before", "after", "before", "after"]
    assert [each.text for each in read.has("value")] == ["$30", "$16.5", "$16.5", "$15.4"]
    assert [each.get("class") for each in read.elements if each.tag == "g"] == [
        "axis", "before", "after", "before", "after",
    ]  # fmt: skip
    assert (read.strange, read.outside) == (set(), [])


def test_bars_are_as_long_as_their_amounts():
    read = Read(cost_bars(TWO).svg)

    ends = [each.get("d").split("H")[1].split("V")[0] for each in read.has("amount")]
    lengths = [float(end) - 172 for end in ends]
    assert lengths[1] / lengths[0] == pytest.approx(512 / 933, abs=0.001)


def test_the_sentence_and_the_description_give_every_amount():
    picture = cost_bars(TWO)

    assert plain(picture.conclusion) == (
        "Cost per million requests: database $30 to $16.5, 1.82 times lower; application $16.5 to $15.4, 6.25 % lower."
    )
    assert plain(Read(picture.svg).description) == (
        "Cost per million requests. Database, before: $30. Database, after: $16.5. Application, before: $16.5. "
        "Application, after: $15.4."
    )


def test_the_table_behind_it_has_cost_and_requests_with_their_periods():
    table = cost_bars(sheet(group("db", "before", 933), group("db", "after", 512) | {"cost": None})).table

    assert table.columns == ("", "cost", "requests", "per million requests")
    assert [tuple(map(plain, row)) for row in table.rows] == [
        ("Database, before", "$933 a month", "31,100,000 a month", "$30"),
        ("Database, after", "–", "31,100,000 a month", "$16.5"),
    ]


@pytest.mark.parametrize(
    ("cost", "currency", "words"),
    [
        (62_200_000, "USD", ("$2", "cost a request")),
        (62_200, "EUR", ("€2", "cost per 1,000 requests")),
        (62.2, "USD", ("$2", "cost per million requests")),
        (0.0622, "", ("2", "cost per billion requests")),
        (0, "USD", ("$0", "cost a request")),
    ],
)
def test_the_axis_counts_as_many_requests_as_cost_a_whole_unit(cost, currency, words):
    read = Read(cost_bars(sheet(group("db", "before", cost), currency=currency)).svg)

    assert (read.has("value")[0].text, read.has("axis-name")[0].text) == words


def test_what_the_sheet_writes_is_drawn_when_there_is_nothing_to_divide():
    written = group("db", "before", 1, divided=None, cost_per_request={"value": 0.03, "per": 1000.0})

    read = Read(cost_bars(sheet(written)).svg)

    assert [each.text for each in read.has("value")] == ["$30"]


def test_a_sheet_without_layers_is_drawn_by_its_sides():
    picture = cost_bars(sheet(group("", "before", 933), group("", "after", 512)))

    assert Read(picture.svg).has("layer") == []
    assert picture.conclusion.startswith("Cost per million requests: the sheet $30 to $16.5")


def test_a_cost_below_zero_has_no_bar_and_is_said():
    picture = cost_bars(
        sheet(group("db", "before", 933), group("db", "after", 512), group("app", "after", -20))
    )

    assert picture.conclusion.endswith("1 cost below zero is not drawn.")
    assert len(picture.table.rows) == 2
    assert "below zero" not in cost_bars(TWO).conclusion


def test_one_side_alone_is_not_compared():
    picture = cost_bars(sheet(group("db", "before", 933)))

    assert (
        picture.conclusion
        == "Database, before: $30 per million requests; there is nothing to compare it with."
    )
    assert Read(picture.svg).name == "Cost of a request"


@pytest.mark.parametrize(
    "facts", [{}, {"groups": None}, {"groups": []}, sheet(group("db", "before", 1, divided=None))]
)
def test_without_a_cost_of_a_request_there_is_no_picture(facts):
    assert cost_bars(facts) is None


NUMBER = st.none() | WEIRD | st.fixed_dictionaries({}, optional={
    "value": st.floats(0, 1e12) | WEIRD, "per": st.floats(0, 1e6) | WEIRD, "period": TEXT | WEIRD,
})  # fmt: skip
GROUP = st.fixed_dictionaries({}, optional={
    "layer": st.sampled_from(["db", "app", "infra", ""]) | TEXT, "side": st.sampled_from(["before", "after", ""]),
    "cost": NUMBER, "requests": NUMBER, "cost_per_request": NUMBER, "divided": st.floats(0, 1e6) | WEIRD,
})  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    st.fixed_dictionaries(
        {}, optional={"groups": st.lists(GROUP | WEIRD, max_size=14) | WEIRD, "currency": TEXT | WEIRD}
    )
)
def test_any_facts_are_drawn_inside_the_picture_or_left_alone(facts):
    require_sound(cost_bars(facts))

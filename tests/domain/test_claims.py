import pytest

from app.domain.claims import Unclear, read_number, show_number


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("96", 96),
        (" 96.5 ", 96.5),
        ("96,5", 96.5),
        ("0,125", 0.125),
        ("1.234", 1.234),
        ("12 345", 12345),
        ("12\u202f345,5", 12345.5),
        ("1'234", 1234),
        ("1,234.5", 1234.5),
        ("1.234,5", 1234.5),
        ("1,234,567", 1234567),
        ("1.234.567,25", 1234567.25),
        ("2.1e-6", 2.1e-6),
        (".5", 0.5),
        ("0", 0),
    ],
)
def test_numbers_are_read_as_people_type_them(typed, number):
    assert read_number(typed) == number


@pytest.mark.parametrize(
    ("typed", "unit", "number"),
    [
        ("99,9 %", "%", 99.9),
        ("8x", "x", 8),
        ("1 GB", "GB", 1),
        ("$12.50", "USD", 12.5),
        ("1,6 req/s", "requests/s", 1.6),
        ("412 ms", "ms", 412),
        ("220 Sekunden", "s", 220),
        ("30 days", "days", 30),
        ("1.000", "count", 1000),
        ("12,500", "count", 12500),
        ("1.000", "ms", 1),
    ],
)
def test_a_numbers_own_unit_may_stand_beside_it_and_what_is_counted_has_no_fraction(typed, unit, number):
    assert read_number(typed, unit=unit) == number


@pytest.mark.parametrize(("typed", "unit"), [("4000 MB", "GB"), ("12 ms", "s"), ("96 €", "USD"), ("ms", "s")])
def test_another_unit_is_refused_and_the_boxes_own_is_named(typed, unit):
    with pytest.raises(Unclear) as unclear:
        read_number(typed, unit=unit)

    assert str(unclear.value) == f"Type a number in {unit}, such as 96.5."


@pytest.mark.parametrize("typed", ["", "   ", "\u00a0"])
def test_nothing_typed_is_no_number(typed):
    assert read_number(typed) is None


@pytest.mark.parametrize(
    "typed",
    ["fast", "96 ms", "1,2,3", "1,23,4", "-3", "nan", "inf", "1e99", "٣", "1_0.0.1", "0x10", "9" * 41],
)
def test_what_is_no_measured_number_is_refused(typed):
    with pytest.raises(Unclear):
        read_number(typed)


def test_a_number_that_can_be_read_two_ways_is_asked_for_again():
    with pytest.raises(Unclear) as unclear:
        read_number("1,234")

    assert str(unclear.value) == "“1,234” can be read as 1234 or as 1.234. Type the one you mean."


@pytest.mark.parametrize("value", [0, 96, 96.5, 0.0000021, 1e-9, 1234567.25, 1 / 3, 1e14])
def test_a_number_shown_is_read_back_as_the_same(value):
    assert read_number(show_number(value)) == value


def test_numbers_are_shown_without_needless_zeros():
    assert [show_number(value) for value in (96.0, 96.50, 0.0000021)] == ["96", "96.5", "0.0000021"]

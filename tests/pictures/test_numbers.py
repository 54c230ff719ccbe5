import math

import pytest

from app.pictures import numbers
from app.pictures.axes import apart
from app.pictures.drawing import element, line, short
from app.pictures.scales import log_axis, nines


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (0, "0 ms"),
        (0.0004, "0.4 µs"),
        (0.0000004, "0.4 ns"),
        (0.612, "0.612 ms"),
        (0.9999, "1 ms"),
        (9.996, "10 ms"),
        (88.24, "88.2 ms"),
        (99.97, "100 ms"),
        (999.4, "999 ms"),
        (999.6, "1 s"),
        (1320, "1.32 s"),
        (75_000, "75 s"),
    ],
)
def test_a_time_has_three_digits_and_the_unit_that_keeps_it_short(value, text):
    assert numbers.ms(value) == text.replace(" ", numbers.SPACE)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (85.0, 20.0, "4.25 times lower"),
        (20.0, 85.0, "4.25 times higher"),
        (100.0, 95.0, "5 % lower"),
        (7.0, 7.0, "the same"),
        (7.0, 0.0, "none left"),
        (1e9, 2.0, "over a million times lower"),
        (2.0, 1e9, "over a million times higher"),
        (0.0, 7.0, "higher"),
        (None, 7.0, ""),
    ],
)
def test_a_change_is_told_as_a_factor_or_a_share(before, after, said):
    assert numbers.change(before, after) == said


@pytest.mark.parametrize("value", [None, True, "3", math.nan, math.inf, 1e16, [], {}])
def test_what_nothing_measured_can_be_is_no_number(value):
    assert numbers.number(value) is None


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (0.5, "0.5 s"), (119, "119 s"), (125, "2:05"), (3725, "1:02:05"), (500 * 86400, "500 d")],
)
def test_times_on_the_axis(seconds, text):
    assert numbers.seconds(seconds) == text.replace(" ", numbers.SPACE)


def test_an_axis_ends_on_round_numbers_around_all_values():
    narrow, wide = log_axis([21, 148], 100, 0), log_axis([0.6, 438], 100, 0)

    assert narrow.ticks == (20, 50, 100, 200)
    assert (wide.low, wide.high) == (0.5, 500)
    assert wide.ticks == (1, 10, 100)
    assert (narrow.at(20), narrow.at(200), narrow.at(0)) == (100, 0, 100)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.00023, "0.0002"), (0.0000096, "0.00001"), (0.0042, "0.004"), (1e-15, "0")],
)
def test_what_is_there_is_not_told_as_nothing(value, text):
    assert numbers.three(value) == text


def test_an_axis_without_any_time_has_no_ticks_and_one_of_many_decades_few():
    nothing, vast = log_axis([0, 0], 100, 0), log_axis([1e-6, 1e9], 100, 0)

    assert (nothing.ticks, nothing.at(0)) == ((), 100)
    assert [f"{tick:.0e}" for tick in vast.ticks] == [f"1e{power:+03}" for power in range(-5, 10, 2)]


def test_nines_are_where_they_belong():
    assert [round(nines(percent), 6) for percent in (0, 90, 99, 99.9, 100)] == [0, 1, 2, 3, 6]


def test_labels_are_moved_apart_and_kept_inside():
    assert apart([10, 12], 40, 0, 200) == [10, 50]
    assert apart([195, 190], 40, 0, 200) == [200, 160]


def test_text_is_escaped_and_cleaned_of_what_xml_cannot_hold():
    made = element("text", '<b> & "\x00\ud800', class_='a"b')

    assert made == '<text class="a&quot;b">&lt;b&gt; &amp; &quot;\ufffd\ufffd</text>'


def test_coordinates_are_short_and_a_lone_point_is_a_dot():
    assert [short(number) for number in (1.0, 1.25, -0.01, -1.04)] == ["1", "1.2", "0", "-1"]
    assert (line([]), line([(1, 2)]), line([(1, 2), (3, 4)])) == ("", "M1 2h0.1", "M1 2L3 4")

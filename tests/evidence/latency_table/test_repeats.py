"""Blocks of rows that came before are found wherever they stand."""

import random

import pytest

from app.evidence.latency_table import patterns


@pytest.mark.parametrize("first", [0, 3, 10, 57])
@pytest.mark.parametrize("later", [80, 83, 190, 300 - patterns.BLOCK_ROWS])
def test_a_block_that_stands_twice_is_found_at_any_two_places(first, later):
    chance = random.Random(5)
    values = [chance.lognormvariate(3, 0.8) for _ in range(300)]
    values[later : later + patterns.BLOCK_ROWS] = values[first : first + patterns.BLOCK_ROWS]

    assert list(patterns._twice(values)) == [(first, later)]


@pytest.mark.parametrize("short", [patterns.BLOCK_ROWS // 2, patterns.BLOCK_ROWS - 1])
def test_less_than_a_block_is_none(short):
    chance = random.Random(6)
    values = [chance.lognormvariate(3, 0.8) for _ in range(300)]
    values[101 : 101 + short] = values[7 : 7 + short]

    assert list(patterns._twice(values)) == []

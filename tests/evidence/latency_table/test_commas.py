"""Commas that mark decimals or thousands, rules below a header, a last row that was cut."""

import pytest

from app.evidence import registry
from app.evidence.source import Source

VALUES = [40 + at % 60 + at % 997 / 1000 for at in range(2000)]


def report(tmp_path, text):
    path = tmp_path / "times.csv"
    path.write_text(text)
    return registry.inspect(Source(path.name, path))


@pytest.mark.parametrize("header", ["zeit;dauer_ms", "time;latency_ms"])
def test_where_semicolons_part_the_cells_three_digits_after_a_comma_are_decimals(tmp_path, header):
    rows = [f"{1760000000 + at / 10:.1f};{value:.3f}".replace(".", ",") for at, value in enumerate(VALUES)]

    found = report(tmp_path, "\n".join([header, *rows]) + "\n")

    assert found.facts["max"] == pytest.approx(max(VALUES), abs=0.001)
    assert "marks decimals" in next(one.message for one in found.findings if one.code == "L13")


def test_a_cell_that_begins_with_nothing_before_the_comma_is_no_thousand(tmp_path):
    rows = [f"{at}\t{value / 100:.3f}".replace(".", ",") for at, value in enumerate(VALUES)]

    found = report(tmp_path, "\n".join(["time\tlatency_ms", *rows]) + "\n")

    assert found.facts["max"] == pytest.approx(max(VALUES) / 100, abs=0.001)


def test_the_rule_below_the_header_of_a_markdown_table_is_no_row(tmp_path):
    rows = [f"| {1760000000 + at / 10:.1f} | {value:.3f} |" for at, value in enumerate(VALUES)]

    found = report(tmp_path, "\n".join(["| time | latency_ms |", "|---|---|", *rows]) + "\n")

    assert (found.facts["requests"], found.facts["unreadable_rows"]) == (2000, 0)


def test_a_cell_of_400_decimals_does_not_make_the_steps_nothing(tmp_path):
    rows = [f"{1760000000 + at / 10:.1f},{value:.3f}" for at, value in enumerate(VALUES)]
    rows[5] = "1760000000.5,40." + "1" * 400

    found = report(tmp_path, "\n".join(["time,latency_ms", *rows]) + "\n")

    assert found.facts["resolution_ms"] == 0.001
    assert [one.message for one in found.findings if one.severity == "block"] == []


def test_a_table_cut_in_its_last_row_is_called_cut_once(tmp_path):
    rows = [f"{1760000000 + at / 10:.1f},/pay,200,{value:.3f}" for at, value in enumerate(VALUES)]

    found = report(tmp_path, "\n".join(["time,path,status,latency_ms", *rows, "1760000500.0,/pa"]))

    assert [one.message for one in found.findings if one.code == "G9"] == [
        "The file seems to be cut off: its last row has 2 of 4 cells."
    ]


@pytest.mark.parametrize("broken", ["1e308", "9" * 400, "nan"])
def test_a_broken_number_of_threads_is_not_the_most_at_once(tmp_path, broken):
    rows = [f"{1760000000000 + at * 100},{value:.0f},/cart,200,true,6" for at, value in enumerate(VALUES)]
    rows[5] = rows[5].removesuffix("6") + broken

    found = report(
        tmp_path, "\n".join(["timeStamp,elapsed,label,responseCode,success,allThreads", *rows]) + "\n"
    )

    assert found.facts["load"]["recorded_concurrency"] == 6

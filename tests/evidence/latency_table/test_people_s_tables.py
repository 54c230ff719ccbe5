"""Tables as people's own scripts write them: totals below the requests, results in words, other languages."""

import pytest

from app.evidence.latency_table import KIND
from app.evidence.source import Source

REQUESTS = 400


def facts(tmp_path, text):
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8")
    return KIND.inspect(Source(path.name, path)).facts


def rows(line, n=REQUESTS):
    return "".join(line.format(at=1764150000 + i, ms=10 + i % 90, i=i) + "\n" for i in range(n))


@pytest.mark.parametrize(
    "total", ["Total,1500,\n", "mean,54.1,\n\n# done\n", "p99,99,\nmax,5000,\n", '"Total:",1500,\n']
)
@pytest.mark.parametrize("start", ["{at}", "2025-11-26 09:00:00.{i:03d}"])
def test_totals_below_the_requests_are_no_requests(tmp_path, total, start):
    text = "timestamp,latency_ms,status\n" + rows(start + ",{ms},200")

    alone, followed = facts(tmp_path, text), facts(tmp_path, text + total)

    assert (followed["requests"], followed["unreadable_rows"]) == (REQUESTS, 0)
    assert (followed["max"], followed["mean"], followed["p99"]) == (alone["max"], alone["mean"], alone["p99"])


def test_totals_are_left_out_where_no_column_tells_the_time(tmp_path):
    text = "request,latency_ms\n" + rows("r{i},{ms}") + "average,500\n"

    assert facts(tmp_path, text)["requests"] == REQUESTS


def test_a_request_that_is_called_total_is_counted(tmp_path):
    text = "page,latency_ms\n" + rows("total,{ms}") + "total,99\n"

    assert facts(tmp_path, text)["requests"] == REQUESTS + 1


def test_a_row_with_a_time_is_a_request_whatever_its_first_cell_says(tmp_path):
    text = "page,timestamp,latency_ms\n" + rows("home,{at},{ms}") + "summary,1764150400,12\n"

    assert facts(tmp_path, text)["requests"] == REQUESTS + 1


@pytest.mark.parametrize("bad", ["ERROR", "fail", "timeout", "503"])
def test_failures_in_a_column_of_results_are_counted(tmp_path, bad):
    good = "200" if bad == "503" else "OK"
    text = "timestamp,duration_ms,Result\n" + rows("{at},{ms}," + good) + f"1764150400,12,{bad}\n"

    assert facts(tmp_path, text)["errors"] == 1


@pytest.mark.parametrize(
    "header",
    [
        "horodatage;durée (ms);statut",
        "date;temps de réponse (ms);code",
        "fecha;tiempo de respuesta (ms);estado",
    ],
)
def test_headers_in_french_and_spanish_are_read(tmp_path, header):
    found = facts(tmp_path, header + "\n" + rows("2025-11-26 09:00:00.{i:03d};{ms},5;200"))

    assert (found["unit"], found["max"], found["errors"]) == ("ms", 99.5, 0)
    assert set(found["columns"]) == {"latency", "start", "status"}

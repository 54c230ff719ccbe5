"""wrk and wrk2: the text they print.

Sources: wrk 4.1 run on loopback (a request slower than `--timeout` is counted as a time-out and left out of the
latencies, seen with a server that froze for 3 s), wrk2's README for the spectrum.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.evidence.findings import Finding, Where, phrase
from app.evidence.generic import TRUNCATED
from app.evidence.load_report.figures import Reading, duration, figure, seconds
from app.evidence.load_report.hdr import spectrum
from app.evidence.load_report.rules import TIMED_OUT
from app.evidence.load_report.summary import Summary, known
from app.evidence.load_report.text import Line, labelled
from app.evidence.units import shown

FIRST = "Running "
_UNCORRECTED = "Uncorrected Latency"
_SOCKET = ("connect", "read", "write", "timeout")


def read(rows: Sequence[Line]) -> Summary:
    """One run of wrk or wrk2."""
    rows = _recorded(rows)
    is_two = any("HdrHistogram - Recorded" in row.text or "Thread calibration" in row.text for row in rows)
    numbers, socket = _numbers(rows), _socket(rows)
    numbers |= _counts(rows, numbers.get("n"), socket)
    found = spectrum(rows)
    return Summary(
        tool="wrk2" if is_two else "wrk",
        form=phrase("wrk2's output") if is_two else phrase("wrk's output"),
        levels=_levels(rows),
        numbers=numbers,
        distribution=found.distribution if is_two and found else None,
        is_closed_loop=not is_two,
        corrects_omission=True,
        target=next((rest.partition(" @ ")[2] for _, _, rest in labelled(rows, FIRST)), ""),
        said=tuple(_said(rows, numbers, socket)),
    )


def _recorded(rows: Sequence[Line]) -> Sequence[Line]:
    """Without the second table that wrk2 prints for `-U`: its latencies leave out the waiting."""
    cut = next((at for at, row in enumerate(rows) if _UNCORRECTED in row.text), None)
    if cut is None:
        return rows
    end = next((at for at in range(cut, len(rows)) if " requests in " in rows[at].text), len(rows))
    return [*rows[:cut], *rows[end:]]


def _levels(rows: Sequence[Line]) -> dict[float, Reading]:
    """Lines such as `     99%   49.22ms`; the spectrum below them is read by `hdr`."""
    found: dict[float, Reading] = {}
    for row in rows:
        words = row.words
        if len(words) == 2 and words[0].endswith("%"):
            level, value = figure(words[0][:-1]), duration(words[1], row.where)
            if level and value and 0 < level.value <= 100:
                found.setdefault(level.value, value)
    return found


def _numbers(rows: Sequence[Line]) -> dict[str, Reading]:
    found: dict[str, Reading] = {}
    for row in rows:
        words = row.words
        if len(words) == 5 and words[0] == "Latency":
            values = [duration(word, row.where) for word in words[1:4]]
            found |= known(mean=values[0], stddev=values[1], max=values[2])
        elif len(words) >= 5 and words[1:3] == ["requests", "in"]:
            found |= known(
                n=figure(words[0], row.where), duration_s=seconds(duration(words[3].rstrip(","), row.where))
            )
        elif len(words) == 5 and words[1:3] == ["threads", "and"]:
            found |= known(connections=figure(words[3], row.where))
        elif len(words) == 2 and words[0] == "Requests/sec:":
            found |= known(throughput=figure(words[1], row.where))
    return found


def _socket(rows: Sequence[Line]) -> dict[str, Reading]:
    """`Socket errors: connect 0, read 0, write 0, timeout 10`; the line is there only when one is not zero."""
    found: dict[str, Reading] = {}
    for _, row, rest in labelled(rows, "Socket errors:"):
        for part in rest.split(",")[:8]:
            name, _, count = part.strip().partition(" ")
            if name in _SOCKET and (reading := figure(count, row.where)):
                found[name] = reading
    return found


def _counts(rows: Sequence[Line], complete: Reading | None, socket: dict[str, Reading]) -> dict[str, Reading]:
    """Time-outs were answered in the end and are among the requests, but not among the latencies."""
    if complete is None:
        return {}
    odd = next(
        (figure(rest, row.where) for _, row, rest in labelled(rows, "Non-2xx or 3xx responses:")), None
    )
    unanswered = sum(socket[name].value for name in ("connect", "read", "write") if name in socket)
    late = socket["timeout"].value if "timeout" in socket else 0.0
    failed = (odd.value if odd else 0.0) + unanswered + late
    where = odd.where if odd else next((one.where for one in socket.values()), complete.where)
    return {
        "n": Reading(max(0.0, complete.value - late), 1.0, complete.where),
        "requests": Reading(complete.value + unanswered, 1.0, complete.where),
        "answered": complete,
        "errors": Reading(failed, 1.0, where),
    }


def _said(rows: Sequence[Line], numbers: dict[str, Reading], socket: dict[str, Reading]) -> Iterator[Finding]:
    late = socket.get("timeout")
    if late and late.value and "max" in numbers:
        line = int(late.where.removeprefix("line "))
        yield TIMED_OUT.at(Where(line=line), count=int(late.value), max=shown(numbers["max"].value))
    if "throughput" not in numbers:
        yield TRUNCATED.at(
            Where(line=rows[-1].number if rows else None),
            detail=phrase("wrk's last lines, with `Requests/sec`, are missing"),
        )

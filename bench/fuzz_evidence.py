"""Mutations of every kind's samples, read in this process: no crash, no hang, the same report for the same bytes.

    python -m bench.fuzz_evidence [--kind KIND]... [--count 10000] [--seed 1] [--minutes M]
    python -m bench.fuzz_evidence --kind KIND --seed 1 --number 4711 --keep FILE     writes that one mutation

Of every mutation: the sniffers answer, the kind reads it (twice, with one result) or refuses it in words, the report
is JSON, and everything that uses reports takes it: text, HTML with its pictures, every metric, the comparison with the
untouched sample. The table at the end has one line a kind, then every sort of failure with the number that shows it.
The exit status is 1 with a failure. Each kind runs in a process of its own with limited memory.
"""

import argparse
import faulthandler
import json
import multiprocessing
import resource
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

from app.evidence import output, registry, session
from app.evidence.claims import Claim
from app.evidence.metrics import METRICS
from app.evidence.page import document, figures
from app.evidence.session import Checked, Session
from app.evidence.source import Source
from bench import mutations

SLOWEST = 2.0
HANG = 60
MEMORY = 1024 * 1024 * 1024
"""More than the sandbox allows one file: here one process reads them all, and engines keep what they once reserved."""
HEADS = ("kind", "files", "read", "refused", "other kind", "failures", "median ms", "max ms", "peak MB")
WIDTHS = (16, 6, 6, 7, 10, 8, 9, 6, 7)
UNITS = {"time": "ms", "rate": "/s", "share": "%"}


class Tally:
    """What became of the mutations of one kind."""

    def __init__(self, kind):
        self.kind, self.ends, self.failures, self.times = kind, Counter(), {}, []

    def fail(self, sort, number, name):
        """Count a failure; the first number of each sort shows it."""
        count, first, sample = self.failures.get(sort, (0, number, name))
        self.failures[sort] = (count + 1, first, sample)

    @property
    def row(self):
        failed = sum(count for count, _, _ in self.failures.values())
        times = sorted(self.times) or [0.0]
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        return (
            self.kind, len(self.times), self.ends["read"], self.ends["refused"], self.ends["other"], failed,
            f"{times[len(times) // 2] * 1000:.1f}", f"{times[-1] * 1000:.0f}", peak,
        )  # fmt: skip


def run(kind, *, count, seed=1, seconds=None):
    """Read `count` mutations of one kind, or as many as `seconds` allow."""
    tally, pool = Tally(kind), mutations.samples(kind)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        untouched = _untouched(kind, pool, Path(folder, "evidence"))
        for number in range(count):
            if seconds is not None and time.monotonic() - began > seconds:
                break
            name, data = mutations.mutant(kind, pool, seed, number)
            path = Path(folder, "evidence").with_suffix(Path(name).suffix)  # pages may be known by it
            path.write_bytes(data)
            faulthandler.dump_traceback_later(HANG, exit=True)
            _one(tally, path, number, name, untouched)
            faulthandler.cancel_dump_traceback_later()
    return tally


def _untouched(kind, pool, path):
    """The facts of the first samples, to compare mutants with."""
    found = []
    for data in list(pool.values())[:5]:
        path.write_bytes(data)
        report = registry.inspect(Source(path.name, path), kind)
        if report.facts:
            found.append(report.facts)
    return found


def _one(tally, path, number, name, untouched):
    kind = registry.named(tally.kind)
    began = time.process_time()
    try:
        first = registry.inspect(Source(path.name, path), kind.name)
        took = time.process_time() - began
        if took > SLOWEST:  # once more: old garbage may have been collected in it
            began = time.process_time()
            registry.inspect(Source(path.name, path), kind.name)
            took = min(took, time.process_time() - began)
        tally.times.append(took)
        if took > SLOWEST:
            tally.fail("slow", number, name)
        _judge(tally, kind, path, first, number, name)
        _use(kind, path, first, untouched, is_whole=number % 20 == 0)
    except Exception as error:
        tally.fail(_where(error), number, name)


def _judge(tally, kind, path, first, number, name):
    """Recognition, crashes that the registry caught, and whether a second reading is the same."""
    source = Source(path.name, path)
    for each in registry.KINDS:
        each.sniff(source)
    likely = registry.recognise(source)
    is_other = not likely or likely[0][0] is not kind
    guessed = registry.inspect(Source(path.name, path)) if is_other else first
    second = registry.inspect(Source(path.name, path), kind.name)
    if output.as_json([("x", first)]) != output.as_json([("x", second)]):
        tally.fail("another report", number, name)
    if any(finding.code == "G11" for finding in first.findings):
        kind.inspect(Source(path.name, path))  # raises again, with its place
        tally.fail("crashed once", number, name)
    if is_other and any(finding.code == "G11" for finding in guessed.findings):
        registry.named(guessed.kind).inspect(Source(path.name, path))
    tally.ends["read" if first.facts else "refused"] += 1
    tally.ends["other"] += is_other


def _use(kind, path, report, untouched, *, is_whole):
    """Everything that takes a report; each raises on what it cannot take."""
    json.dumps(output.as_dict("x", report), allow_nan=False)
    output.as_text("x", report, colour=True)
    checked = Checked("x", Source(path.name, path), report)
    figures.of_file(checked, [session.facts_of(checked)], is_paired=False)
    if is_whole:
        document(Session((checked,)))
    if not report.facts:
        return
    for metric, measure in kind.measures.items():
        unit = UNITS.get(METRICS[metric].quantity, "")
        measure(Claim("k", "Label", metric, 12.5, unit, "slot"), report.facts)
        kind.why_not(metric, report.facts)
    for metric, confirm in kind.confirms.items():
        confirm(Claim("k", "Label", metric, 0, "", "slot", text="GET /api/orders"), report.facts)
    for facts in untouched if kind.compare is not None else ():
        for one, other in ((facts, report.facts), (report.facts, facts)):
            for metric in (session.USUAL_METRIC, *list(kind.measures)[:1]):
                list(kind.compare(one, other, metric))


def _where(error):
    """The kind of error and the innermost place of ours."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "/app/" in frame.filename]
    last = frames[-1] if frames else None
    place = (
        "" if last is None else f" at app/{last.filename.rpartition('/app/')[2]}:{last.lineno} {last.name}"
    )
    return f"{type(error).__name__}{place}: {str(error)[:80]}"


def _alone(kind, count, seed, seconds, results):
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    tally = run(kind, count=count, seed=seed, seconds=seconds)
    results.put((tally.row, tally.failures))


def main(arguments=None):
    chosen = _parser().parse_args(arguments)
    kinds = chosen.kind or [kind.name for kind in registry.KINDS]
    if chosen.keep:
        Path(chosen.keep).write_bytes(
            mutations.mutant(kinds[0], mutations.samples(kinds[0]), chosen.seed, chosen.number)[1]
        )
        return 0
    seconds = None if chosen.minutes is None else chosen.minutes * 60
    failed = False
    _print_row(HEADS)
    for kind in kinds:
        row, failures = _in_a_child(kind, chosen.count, chosen.seed, seconds)
        failed = failed or row is None or bool(failures)
        _print_row(row or (kind, 0, 0, 0, 0, "died", "", "", ""))
        for sort, (count, number, name) in failures.items():
            print(
                f"    {count} × {sort}\n      --seed {chosen.seed} --number {number} (of {name})", flush=True
            )
    return 1 if failed else 0


def _in_a_child(kind, count, seed, seconds):
    """What a process of its own found; nothing when it died without a word."""
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    child = context.Process(target=_alone, args=(kind, count, seed, seconds, results), daemon=True)
    child.start()
    while child.is_alive() and results.empty():
        child.join(0.2)
    found = (None, {}) if results.empty() else results.get()
    child.join()
    return found


def _print_row(row):
    print(
        "  ".join(str(cell).ljust(width) for cell, width in zip(row, WIDTHS, strict=True)).rstrip(),
        flush=True,
    )


def _parser():
    parser = argparse.ArgumentParser(prog="python -m bench.fuzz_evidence", description=__doc__.split("\n")[0])
    parser.add_argument("--kind", action="append", choices=[kind.name for kind in registry.KINDS])
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, help="stop each kind after this time")
    parser.add_argument("--number", type=int, default=0)
    parser.add_argument("--keep", metavar="FILE", help="write one mutation and end")
    return parser


if __name__ == "__main__":
    sys.exit(main())

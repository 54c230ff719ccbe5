"""The lines under a node (`Filter: …`, `Buffers: …`, `Sort Method: …`) as the keys FORMAT JSON would print.

A table says how each label is read. A label that is not in it is kept as text, so that versions to come lose nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from app.evidence.postgres_plan.headers import Raw, number, read_name

Reader = Callable[[Raw, str, str], None]

_FIGURE = re.compile(r"-?[0-9]{1,20}(?:\.[0-9]{1,9})?")
_WORKER = re.compile(r"Worker ([0-9]{1,4}): {1,2}")
_N = r"([0-9]{1,20}(?:\.[0-9]{1,9})?)"
_TIMES = re.compile(rf"actual (?:time={_N}\.\.{_N} )?rows={_N} loops={_N}")
_ASSIGNED = re.compile(r"([^\s=]{1,40})=(-?[0-9]{1,20}(?:\.[0-9]{1,9})?)")
PIECES = (
    "Batches: ", "Memory Usage: ", "Disk Usage: ", "Memory: ", "Disk: ", "Sort Method", "Average ", "Peak ", "Misses: ",
    "Evictions: ", "Overflows: ", "Maximum Storage: ",
)  # fmt: skip
"""What begins a later piece of a line, two spaces after the one before."""
_BLOCKS = {
    (place, verb): f"{place.capitalize()} {verb.capitalize()} Blocks"
    for place in ("shared", "local", "temp")
    for verb in ("hit", "read", "dirtied", "written")
}


def figure(text: str) -> int | float | None:
    """The number a value starts with: `17032kB`, `0.123 ms`, `5`."""
    match = _FIGURE.match(text)
    return number(match[0]) if match else None


def _text(target: Raw, label: str, value: str) -> None:
    target[label] = value


def _number(target: Raw, label: str, value: str) -> None:
    found = figure(value)
    if found is not None:
        target[label] = found


def _flag(target: Raw, label: str, value: str) -> None:
    target[label] = value == "true"


def _grouping(target: Raw, label: str, value: str) -> None:
    """Keys of an aggregate; several of them are grouping sets, kept in their order."""
    target.setdefault("Keys", []).append(f"{label}: {value}")


def _sort_key(target: Raw, label: str, value: str) -> None:
    if target.get("Node Type") == "Aggregate":
        _grouping(target, label, value)
    else:
        target[label] = value


def _pieces(label: str, value: str) -> dict[str, str]:
    """`Buckets: 1024  Batches: 2` as {"Buckets": "1024", "Batches": "2"}; a name without a value is left out."""
    parts = [piece.partition(": ") for piece in f"{label}: {value}".split("  ")]
    return {name.strip(): text.strip() for name, _, text in parts if text}


def _sort_method(target: Raw, label: str, value: str) -> None:
    pieces = _pieces(label, value)
    if label in pieces:
        target["Sort Method"] = pieces.pop(label)
    for kind, size in pieces.items():
        target["Sort Space Type"], target["Sort Space Used"] = kind, figure(size)


def _sort_groups(target: Raw, label: str, value: str) -> None:
    """`Full-sort Groups: 2  Sort Method: quicksort  Average Memory: 26kB  Peak Memory: 26kB`."""
    pieces = _pieces(label, value)
    methods = pieces.get("Sort Methods") or pieces.get("Sort Method", "")
    groups: Raw = {"Group Count": figure(pieces.get(label, "")), "Sort Methods Used": methods.split(", ")}
    for kind in ("Memory", "Disk"):
        if f"Peak {kind}" in pieces:
            groups[f"Sort Space {kind}"] = {
                "Average Sort Space Used": figure(pieces[f"Average {kind}"])
                if f"Average {kind}" in pieces
                else None,
                "Peak Sort Space Used": figure(pieces[f"Peak {kind}"]),
            }
    target[label] = groups


def _originally(text: str) -> int | float | None:
    _, found, original = text.partition("(originally ")
    return figure(original) if found else None


def _hash(target: Raw, label: str, value: str) -> None:
    pieces = _pieces(label, value)
    for name in ("Buckets", "Batches"):
        size = pieces.get(name, "")
        target[f"Hash {name}"] = figure(size)
        target[f"Original Hash {name}"] = _originally(size) or figure(size)
    target["Peak Memory Usage"] = figure(pieces.get("Memory Usage", ""))


def _hash_aggregate(target: Raw, label: str, value: str) -> None:
    names = {"Batches": "HashAgg Batches", "Memory Usage": "Peak Memory Usage"}
    for name, size in _pieces(label, value).items():
        target[names.get(name, name)] = figure(size)


def _memoize(target: Raw, label: str, value: str) -> None:
    for name, size in _pieces(label, value).items():
        target["Peak Memory Usage" if name == "Memory Usage" else f"Cache {name}"] = figure(size)


def _storage(target: Raw, label: str, value: str) -> None:
    pieces = _pieces(label, value)
    if label in pieces:
        target["Storage"] = pieces[label]
    if "Maximum Storage" in pieces:
        target["Maximum Storage"] = figure(pieces["Maximum Storage"])


def _heap_blocks(target: Raw, label: str, value: str) -> None:
    for name, size in _assignments(value):
        target[f"{name.capitalize()} Heap Blocks"] = size


def _buffers(target: Raw, label: str, value: str) -> None:
    """`shared hit=3 read=1, temp written=7`."""
    for group in value.split(", "):
        place, _, rest = group.partition(" ")
        for name, size in _assignments(rest):
            target[_BLOCKS.get((place, name)) or f"{place.capitalize()} {name} Blocks"] = size


def _io_timings(target: Raw, label: str, value: str) -> None:
    """`read=1.0`, `shared/local read=1.0 write=2.0, temp read=…`, `shared read=…, local read=…` by version."""
    for group in value.split(", "):
        place, space, rest = group.partition(" ")
        if "=" in place:
            place, rest = "", group
        prefix = {"": "", "shared/local": ""}.get(place, f"{place.capitalize()} ")
        for name, size in _assignments(rest if space or rest else group):
            target[f"{prefix}I/O {name.capitalize()} Time"] = size


def _wal(target: Raw, label: str, value: str) -> None:
    names = {"records": "WAL Records", "fpi": "WAL FPI", "bytes": "WAL Bytes", "full": "WAL Buffers Full"}
    for name, size in _assignments(value):
        target[names.get(name, f"WAL {name}")] = size


def _tuples(target: Raw, label: str, value: str) -> None:
    for name, size in _assignments(value):
        target[f"Tuples {name.capitalize()}"] = size


def _planning_memory(target: Raw, label: str, value: str) -> None:
    for name, size in _assignments(value):
        target[f"Memory {name.capitalize()}"] = size


def _assignments(text: str) -> list[tuple[str, int | float]]:
    """`hit=3 read=1` as pairs; what is no number is left out."""
    return [(name, number(size)) for name, size in _ASSIGNED.findall(text)]


READERS: dict[str, Reader] = {
    **dict.fromkeys(
        ("Index Cond", "Recheck Cond", "TID Cond", "Filter", "Join Filter", "Hash Cond", "Merge Cond", "Order By",
         "One-Time Filter", "Function Call", "Table Function Call", "Run Condition", "Conflict Filter", "Cache Key",
         "Cache Mode", "Presorted Key", "Output", "Remote SQL", "Relations", "Window", "Sampling",
         "Conflict Arbiter Indexes", "Conflict Resolution", "Params Evaluated", "Foreign File"), _text),
    **dict.fromkeys(
        ("Rows Removed by Filter", "Rows Removed by Join Filter", "Rows Removed by Index Recheck",
         "Rows Removed by Conflict Filter", "Heap Fetches", "Index Searches", "Workers Planned", "Workers Launched",
         "Subplans Removed", "Tuples Inserted", "Conflicting Tuples", "Foreign File Size"), _number),
    **dict.fromkeys(("Disabled", "Single Copy", "Inner Unique"), _flag),
    **dict.fromkeys(("Group Key", "Hash Key"), _grouping),
    **dict.fromkeys(("Full-sort Groups", "Pre-sorted Groups"), _sort_groups),
    **dict.fromkeys(("Planned Partitions", "Batches"), _hash_aggregate),
    "Sort Key": _sort_key,
    "Sort Method": _sort_method,
    "Buckets": _hash,
    "Hits": _memoize,
    "Storage": _storage,
    "Heap Blocks": _heap_blocks,
    "Buffers": _buffers,
    "I/O Timings": _io_timings,
    "WAL": _wal,
    "Tuples": _tuples,
    "Memory": _planning_memory,
}  # fmt: skip

_OWN_KEYS = frozenset((
    "Plans", "Workers", "Target Tables", "Keys", "Grouping Sets", "JIT", "Node Type", "Line", "Last Line",
    "Worker Number",
))  # fmt: skip
"""Keys of the tree itself, which no line of a text may fill."""
_VERBS = ("Insert on ", "Update on ", "Delete on ", "Merge on ", "Foreign ")


def is_detail(text: str) -> bool:
    """True if the line starts with a label or a worker PostgreSQL is known to print."""
    return text.partition(":")[0] in READERS or text.startswith(_VERBS) or worker_prefix(text) is not None


def read_detail(target: Raw, text: str) -> None:
    """Read one `Label: value` line into `target`; a line of another shape is kept as a note."""
    label, colon, value = text.partition(": ")
    if colon and (reader := READERS.get(label)):
        reader(target, label, value)
    elif not colon:
        label = text.removesuffix(":")
        if text.startswith(_VERBS) and (table := read_name(text)):
            target.setdefault("Target Tables", []).append(table)
    elif label not in _OWN_KEYS:
        target[label] = value


def worker_prefix(text: str) -> tuple[int, str] | None:
    """`Worker 0:  Sort Method: …` as (0, "Sort Method: …")."""
    match = _WORKER.match(text) if text.startswith("Worker ") else None
    return (int(match[1]), text[match.end() :]) if match else None


def read_worker_times(target: Raw, text: str) -> bool:
    """`actual time=0.1..0.2 rows=1 loops=1` of one worker."""
    match = _TIMES.fullmatch(text)
    if not match:
        return False
    first, last, rows, loops = match.groups()
    if first:
        target["Actual Startup Time"], target["Actual Total Time"] = float(first), float(last)
    target["Actual Rows"], target["Actual Loops"] = number(rows), number(loops)
    return True

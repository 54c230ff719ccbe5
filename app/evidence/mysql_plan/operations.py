"""The words MySQL uses for a step, taken apart: the step's kind, the table (by its alias), the index, the condition.

Source: the access paths that sql/join_optimizer/explain_access_path.cc prints, versions 8.0 to 9. Names are printed
without quotes there, so that an alias with ` using ` in it cannot be told from the words around it.
"""

from __future__ import annotations

from typing import Any

from app.evidence.plans.shape import blank_node, short

Facts = dict[str, Any]

_ACCESS = (
    "Table scan", "Index scan", "Covering index scan", "Index lookup", "Covering index lookup",
    "Single-row index lookup", "Single-row covering index lookup", "Multi-range index lookup",
    "Multi-range covering index lookup", "Index range scan", "Covering index range scan", "Index skip scan",
    "Covering index skip scan", "Covering index skip scan for grouping", "Index skip scan for grouping",
    "Full-text index search", "Full-text covering index search", "Constant row", "Count rows", "Scan new records",
    "Covering index skip scan for deduplication", "Index skip scan for deduplication",
)  # fmt: skip
_LINKS = (" on ", " from ", " in ")
_ENDS = (" using ", " over ", " (", ", with ")
_LABELLED = {
    "Filter": "filter", "Sort": "sort_key", "Sort row IDs": "sort_key", "Sort with duplicate removal": "sort_key",
    "Aggregate": "aggregates", "Group aggregate": "aggregates", "Group aggregate with rollup": "aggregates",
    "Window aggregate": "aggregates", "Window aggregate with buffering": "aggregates",
    "Window multi-pass aggregate with buffering": "aggregates", "Limit": "limit", "Limit/Offset": "limit",
    "Offset": "limit",
}  # fmt: skip
_TEMPORARY = ("Temporary table", "Materialize", "Union materialize", "Aggregate using temporary table",
              "Intersect materialize", "Except materialize")  # fmt: skip
_LONGEST_TITLE = 80


def step(words: str, line: int | None) -> Facts:
    """A node for what is printed of a step before its figures."""
    label, colon, rest = words.partition(": ")
    if colon and label in _LABELLED:
        node = blank_node(label, line, line)
        node["conditions"][_LABELLED[label]] = short(rest)
        if label.startswith("Sort"):
            node["sort"]["method"] = "filesort"
        return node
    return _access(words, line) or _join(words, line) or _other(words, line)


def is_heading(words: str) -> bool:
    """True for a line that names what its child is for, and is no step itself."""
    return words in ("Hash", "Batch input rows") or words.startswith(("Select #", "Clustered primary key ("))


def _access(words: str, line: int | None) -> Facts | None:
    """`Index lookup on o using i (user_id = 42), with index condition: (…)`."""
    found = [(at, link) for link in _LINKS if (at := words.find(link)) > 0]
    if not found:
        return None
    at, link = min(found)
    if words[:at] not in _ACCESS:
        return None
    node = blank_node(words[:at], line, line)
    rest = words[at + len(link) :]
    end = min((cut for mark in _ENDS if (cut := rest.find(mark)) > 0), default=len(rest))
    node["relation"] = node["alias"] = rest[:end].strip() or None
    _served(node, rest[end:])
    return node


def _served(node: Facts, rest: str) -> None:
    """The index and the conditions that stand behind the table's name."""
    rest, _, pushed = rest.partition(", with index condition: ")
    if pushed:
        node["conditions"]["pushed_cond"] = short(pushed)
    if rest.startswith(" using "):
        rest = rest[7:]
        end = min((cut for mark in (" over ", " (") if (cut := rest.find(mark)) > 0), default=len(rest))
        node["index"], rest = rest[:end], rest[end:]
    condition = rest.removeprefix(" over").strip()
    if condition == "(reverse)" or condition.endswith(" (reverse)"):
        node["backward"] = True
        condition = condition.removesuffix("(reverse)").strip()
    if condition:
        node["conditions"]["index_cond"] = short(condition)


def _join(words: str, line: int | None) -> Facts | None:
    """`Nested loop left join`, `Inner hash join (a = b)`, `Hash antijoin (…)`."""
    if words.startswith("Nested loop "):
        node = blank_node("Nested loop", line, line)
        node["title"], node["join_type"] = short(words, _LONGEST_TITLE), words[12:40]
        return node
    name, _, condition = words.partition(" (")
    if "hash " not in name.lower() or "join" not in name:
        return None
    node = blank_node("Hash join", line, line)
    node["title"] = short(name, _LONGEST_TITLE)
    node["join_type"] = name.lower().replace("hash ", "").strip()[:40]
    if condition and condition != "no condition)":
        node["conditions"]["hash_cond"] = short(f"({condition}")
    return node


def _other(words: str, line: int | None) -> Facts:
    end = min((cut for mark in (": ", " (") if (cut := words.find(mark)) > 0), default=len(words))
    node = blank_node(short(words[:end], _LONGEST_TITLE) or "Step", line, line)
    if words.startswith(_TEMPORARY):
        node["storage"]["type"] = "temporary table"
    if rest := words[end:].removeprefix(": ").strip():
        node["extra"]["Details"] = short(rest)
    return node

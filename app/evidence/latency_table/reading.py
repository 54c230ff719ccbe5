"""What a file is read as, and its columns' meaning: a delimited table, records, JMeter's XML or an access log."""

from __future__ import annotations

from app.evidence.latency_table.columns import Layout
from app.evidence.latency_table.dialect import Dialect, read_dialect
from app.evidence.latency_table.glance import opens_array
from app.evidence.latency_table.layout import read_layout
from app.evidence.source import Source

Reading = tuple[Dialect, Layout]


def read(source: Source) -> Reading | None:
    """Judged by the head alone, once; None when it is none of them. What a file does not need is not imported."""
    if "latency_table" not in source.remembered:
        source.remembered["latency_table"] = _read(source)
    found: Reading | None = source.remembered["latency_table"]
    return found


def _read(source: Source) -> Reading | None:
    first = source.head.lstrip()[:1]
    if first == "{" or opens_array(source.head):
        from app.evidence.latency_table.records import read_records

        return read_records(source)
    if first == "<":
        from app.evidence.latency_table import jtl

        found = jtl.read_jtl(source) if jtl.is_jtl(source) else None
        if found is not None:
            return found
    if "#Fields:" in source.head:
        from app.evidence.latency_table import w3c

        found = w3c.read_w3c(source)
        if found is not None:
            return found
    return _table(source) or _log(source) or _spaced(source)


def _table(source: Source) -> Reading | None:
    dialect = read_dialect(source)
    layout = None if dialect is None else read_layout(dialect)
    return None if dialect is None or layout is None else (dialect, layout)


def _log(source: Source) -> Reading | None:
    from app.evidence.latency_table import frameworks, logs

    return frameworks.read_framework(source) or logs.read_log(source)


def _spaced(source: Source) -> Reading | None:
    from app.evidence.latency_table import spaced

    return spaced.read_spaced(source)

"""Imported by a child in waiting: what a reader would wait for is done before there is a file.

A short table is read as every file is, by which the patterns that any text is asked by are compiled, and the engine has
once put its questions. Then the engine is started that the file will be given.
"""

from pathlib import Path

from app.evidence import registry
from app.evidence.latency_table import engine
from app.evidence.source import Source

TABLE = Path(__file__).parent / "latency_table" / "samples" / "L2-trigger-120.csv"

registry.inspect(Source(TABLE.name, TABLE))
engine.start()

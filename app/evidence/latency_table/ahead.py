"""Imported by a child in waiting: the engine is then started before there is a file."""

from app.evidence.latency_table import engine

engine.start()

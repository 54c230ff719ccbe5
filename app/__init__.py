"""Touchstone. Imports nothing, so that app.evidence runs without Flask."""

"""Touchstone. Imports nothing beside the interpreter's own, so that app.evidence runs without Flask."""

import gc

# What imports make stays for good: looking through it again and again takes a twentieth of every start, and more.
gc.set_threshold(50_000, 10, 10)

"""Verbs. Each is called inside one transaction that the caller owns."""

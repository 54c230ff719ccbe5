"""The portal's time in tests."""

from datetime import UTC, datetime

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
CLOCK = {"now": NOON}

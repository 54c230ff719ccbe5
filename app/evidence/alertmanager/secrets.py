"""Fields whose value signs somebody in; the value itself is never repeated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from app.evidence import yamls

FIELDS = frozenset(
    (
        "smtp_auth_password", "smtp_auth_secret", "auth_password", "auth_secret", "password", "bearer_token",
        "credentials",
        "service_key", "routing_key", "api_key", "api_secret", "token", "user_key", "slack_api_url", "opsgenie_api_key",
        "victorops_api_key", "wechat_api_secret", "bot_token", "client_secret", "secret_key", "webhook_url",
    )
)  # fmt: skip
_PLACEHOLDER = re.compile(
    r"[<$%{\[*]|\.\.\.|x{3,}|\b(?:secret|password|changeme|example|redacted|your|token|key|todo|none|dummy|test|fake|mysecret)\b",
    re.IGNORECASE,
)
MOST = 20


def written(document: Any) -> Iterator[tuple[str, int]]:
    """(field, line) of each value that looks real: longer than eight signs, and no sign of a placeholder."""
    waiting, found = [document], 0
    while waiting and found < MOST:
        one = waiting.pop()
        if isinstance(one, yamls.Seq):
            waiting += reversed(one)
        elif isinstance(one, yamls.Map):
            for key, value in one.items():
                if key in FIELDS and isinstance(value, str) and _is_real(value):
                    found += 1
                    yield key, one.lines.get(key, one.line)
            waiting += reversed(one.values())


def _is_real(value: str) -> bool:
    return len(value) >= 8 and _PLACEHOLDER.search(value[:200]) is None and not value.startswith("/")

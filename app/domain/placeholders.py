"""Places in a saved comment that are filled from the claims and the evidence: "p99 is {recomputed}, not {claimed}".

Only these names are places; any other word in braces is text, because reviews quote code.
"""

import re
from collections.abc import Mapping

NAMES = frozenset(
    {
        "claimed",
        "recomputed",
        "p50",
        "p95",
        "p99",
        "max",
        "n",
        "n_samples",
        "requests",
        "throughput",
        "error_rate",
        "errors",
        "duration_s",
        "cost",
    }
)
_PLACE = re.compile(r"\{([a-z][a-z0-9_]{0,19})\}")


def filled(text: str, known: Mapping[str, str]) -> str:
    """The text with what is known put in; the rest stays visible as it is."""
    return _PLACE.sub(lambda place: known.get(place[1], "") or place[0], text)


def left(text: str) -> list[str]:
    """The names of the places that are still open, each once, in their order."""
    return [name for name in dict.fromkeys(_PLACE.findall(text)) if name in NAMES]

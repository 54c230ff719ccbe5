"""One deploy as any file tells of it, and the words of its result."""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST = 2_000
DONE, FAILED, RUNNING, LEFT = "done", "failed", "running", "left out"
_STATES: dict[str, tuple[str, ...]] = {
    DONE: (
        "success", "successful", "succeeded", "ok", "okay", "done", "completed", "complete", "passed", "pass",
        "deployed", "superseded", "active", "inactive", "healthy", "synced", "finished", "yes", "true", "rollback",
        "rolled out", "good", "erfolgreich", "erfolg", "fertig", "abgeschlossen", "ja",
    ),
    FAILED: (
        "failure", "failed", "fail", "error", "timed out", "timed_out", "aborted", "abandoned",
        "rolled back", "rolled_back", "degraded", "no", "false", "stopped", "startup_failure", "rejected",
        "fehlgeschlagen", "gescheitert", "fehler", "abgebrochen", "nein",
    ),
    LEFT: ("cancelled", "canceled", "skipped", "neutral", "stale", "übersprungen"),
    RUNNING: (
        "in progress", "in_progress", "queued", "pending", "running", "waiting", "requested", "pending-upgrade",
        "pending-install", "pending-rollback", "uninstalling",
    ),
}  # fmt: skip
_OF_WORD = {word: state for state, words in _STATES.items() for word in words}
_SEMVER = re.compile(r"(?<![\w.])v?\d{1,4}\.\d{1,4}\.\d{1,6}(?:[-+.][\w.-]{1,40})?(?![\w])", re.ASCII)
_SHA = re.compile(r"(?<![\w-])(?=[a-f]{0,40}\d)[0-9a-f]{7,40}(?![\w-])", re.ASCII)
_DATED = re.compile(r"(?<![\w-])\d{4}-\d\d-\d\d-[0-9a-z]{3,40}(?![\w-])", re.ASCII)
_CALLED = re.compile(
    r"\b(?:(?:version|release|tag|sha|commit|build)[\"']?[ :=]|image[\"']?[:=])[ :=]{0,2}[\"']?([\w./:@+-]{2,120})",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Deploy:
    """Times in seconds since 1970, None where the file does not say; `commit` is when its change was committed."""

    line: int | None
    version: str
    start: float | None
    end: float | None
    state: str
    id: str = ""
    number: int | None = None
    commit: float | None = None
    has_zone: bool = True

    @property
    def seconds(self) -> float | None:
        return None if self.start is None or self.end is None else self.end - self.start


def state_of(word: str, *, otherwise: str = DONE) -> str:
    """What a word for a result means; `otherwise` for a word that says nothing."""
    plain = word.strip().strip("*_`.!✓✔ ").lower()
    if plain in _OF_WORD:
        return _OF_WORD[plain]
    start = plain.split()[0].rstrip(",;:") if plain.split() else ""
    return _OF_WORD.get(start, otherwise)


def version_in(text: str) -> str:
    """The first that looks like a version: named as one, a release number, a commit."""
    text = text[:400]
    if found := _CALLED.search(text):
        return found[1].strip(".,:;")[:120]
    for pattern in (_DATED, _SEMVER, _SHA):
        if found := pattern.search(text):
            return found[0][:120]
    return ""

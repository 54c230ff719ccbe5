"""Lines of `key=value` as tools in Go write them: chaoskube, pumba, kube-monkey and scripts with logrus.

A line counts when it has a time, a message that something is killed, and the name of what.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.evidence.kill_log.events import LONGEST_NAME, Event, What, signal_of
from app.evidence.kill_log.moments import moment

_PAIR = re.compile(r'(?:^|(?<=\s))([A-Za-z_][\w.]{0,40})=(?:"((?:[^"\\]|\\.){0,400})"|([^\s"]{1,400}))')
_SAYS = (
    (What.KILL, re.compile(r"\b(?:kill(?:ing|ed)?|terminat(?:ing|ed)|stop(?:ping|ped)|delet(?:ing|ed)) (?:the )?"
                           r"(?:pod|container|victim|instance|target|vm|process)s?\b", re.IGNORECASE)),
    (What.UP, re.compile(r"\b(?:re)?start(?:ing|ed) (?:the )?(?:container|instance|pod)\b", re.IGNORECASE)),
)  # fmt: skip
_NAMES = ("name", "pod", "container", "instance", "target", "victim", "podName", "pod_name")
_TIMES = ("time", "ts", "timestamp", "t")
LONGEST = 2_000


def of_lines(lines: Sequence[str]) -> list[Event]:
    """The kills and starts; of a dry run nothing, for nothing was killed."""
    found = (_of_line(line[:LONGEST], number) for number, line in enumerate(lines, 1) if "=" in line[:200])
    return [event for event in found if event is not None]


def dry_line(lines: Sequence[str]) -> int | None:
    """The number of the first line that tells of a kill in a dry run."""
    for number, line in enumerate(lines, 1):
        if "dry" in line[:LONGEST].lower():
            said, message = _said(line[:LONGEST])
            if _is_dry(said) and any(says.search(message) for _, says in _SAYS):
                return number
    return None


def _said(line: str) -> tuple[dict[str, str], str]:
    """The pairs of the line, and its message."""
    said = {hit[1]: hit[2] or hit[3] or "" for hit in _PAIR.finditer(line)}
    return said, said.get("msg") or said.get("message") or ""


def _of_line(line: str, number: int) -> Event | None:
    said, message = _said(line)
    what = next((what for what, says in _SAYS if says.search(message)), None)
    name = next((said[key] for key in _NAMES if said.get(key)), "").lstrip("/")
    at = moment(next((said[key] for key in _TIMES if said.get(key)), ""))
    if what is None or not name or at is None or _is_dry(said):
        return None
    named = signal_of(said.get("signal", ""))
    signal = named or ("TERM" if re.search("stop|pod", message, re.IGNORECASE) else "KILL")
    return Event(at[0], what, name[:LONGEST_NAME], signal if what is What.KILL else "", number, at[1], at[2])


def _is_dry(said: dict[str, str]) -> bool:
    return any(key.lower().replace("_", "") == "dryrun" and value == "true" for key, value in said.items())

"""Histories of shells with their times: bash (`#1763647510` above the command), zsh, fish, `history` with a format."""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress

from app.evidence.kill_log.events import LONGEST_NAME, Event, What, signal_of
from app.evidence.kill_log.moments import moment

_MARKED = re.compile(r"[\"'\\#]")
_BASH = re.compile(r"^#(\d{10})$", re.ASCII)
_ZSH = re.compile(r"^: (\d{10}):\d{1,9};(.{1,2000})", re.ASCII)
_FISH = re.compile(r"^- cmd: (.{1,2000})")
_WHEN = re.compile(r"^ {1,4}when: (\d{10})$", re.ASCII)
_DATED = re.compile(
    r"^ {0,8}(?:\d{1,7}\*? {1,4})?\[?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[^ \]]{0,12}(?: [+-]\d{4})?)\]?:? {1,4}"
    r"(?:[$#%>] )?(.{1,2000})", re.ASCII,
)  # fmt: skip
COMMAND = re.compile(r"\b(?:kill|pkill|killall|docker|podman|kubectl|systemctl|terminate-instances)\b")
_VERBS = {
    "kill": What.KILL, "stop": What.KILL, "rm": What.KILL, "restart": What.KILL, "delete": What.KILL,
    "pause": What.KILL, "start": What.UP, "up": What.UP, "unpause": What.UP,
}  # fmt: skip
_TOOLS = frozenset(("docker", "podman", "docker-compose", "systemctl", "kubectl", "nerdctl"))
_BEFORE = frozenset(
    ("sudo", "doas", "ssh", "time", "timeout", "xargs", "nohup", "env", "exec", "do", "then", "command")
)
_PLAIN = frozenset(("kill", "pkill", "killall"))
_TAKES_VALUE = frozenset(
    (
        "-s",
        "--signal",
        "-t",
        "--time",
        "-n",
        "--namespace",
        "-f",
        "--file",
        "-l",
        "--grace-period",
        "-p",
        "--context",
        "--timeout",
    )
)


def of_lines(lines: Sequence[str]) -> list[Event]:
    """The commands that end or start an instance."""
    found: list[Event] = []
    for number, time, command in _commands(lines):
        at = moment(time)
        if at is not None and COMMAND.search(command):
            found += events(at, command, number)
    return found


def _commands(lines: Sequence[str]) -> Iterator[tuple[int, str, str]]:
    """Line, time and text of each command that has a time."""
    time = cmd = ""
    for number, text in enumerate(lines, 1):
        text = text[:2000]
        if bash := _BASH.match(text):
            time = bash[1]
        elif whole := _ZSH.match(text) or _DATED.match(text):
            yield number, whole[1], whole[2]
        elif fish := _FISH.match(text):
            cmd = fish[1]
        elif (when := _WHEN.match(text)) and cmd:
            yield number - 1, when[1], cmd
            cmd = ""
        elif time and text.strip():
            yield number, time, text
            time = ""


def events(at: tuple[float, bool, bool], command: str, line: int) -> Iterator[Event]:
    """What one line of commands ended or started at a moment."""
    for part in re.split(r"[;&|]{1,2}", command)[:20]:
        for what, instance, signal in _of_words(_words(part)[:40]):
            yield Event(at[0], what, instance[:LONGEST_NAME], signal, line, at[1], at[2])


def _words(command: str) -> list[str]:
    """The words a shell would see; most commands need no shell's rules to be split, which take ten times as long."""
    if _MARKED.search(command):
        with suppress(ValueError):  # a quote that is never closed
            return shlex.split(command, comments=True)
    return command.split()


def _of_words(words: Sequence[str]) -> Iterator[tuple[What, str, str]]:
    place = next((at for at, word in enumerate(words) if word.rpartition("/")[2] in _TOOLS | _PLAIN), None)
    if place is None or (place and words[0] not in _BEFORE):
        return
    tool, rest = words[place].rpartition("/")[2], list(words[place + 1 :])
    host = _host(words[:place])
    if tool in _PLAIN:
        yield from (
            (What.KILL, host or _of_process(name), _signal(rest) or "TERM") for name in _names(rest)[:1]
        )
        return
    at = next((at for at, word in enumerate(rest) if word in _VERBS), None)
    if at is None:
        return
    verb, names = rest[at], _names(rest[at + 1 :])
    is_deletion = tool == "kubectl"
    if is_deletion and (
        verb != "delete" or not names or names[0].partition("/")[0] not in ("pod", "pods", "po")
    ):
        return
    names = [name.partition("/")[2] or name for name in names if name not in ("pod", "pods", "po")]
    named = _signal(rest)
    signal = named or ("KILL" if (verb == "kill" and tool != "systemctl") or "--force" in rest else "TERM")
    for name in names[:20]:
        yield _VERBS[verb], host or name.removesuffix(".service"), signal if _VERBS[verb] is What.KILL else ""


def _host(words: Sequence[str]) -> str:
    """The machine of `ssh me@app-3 sudo …`, whose service has the same name on each."""
    if "ssh" not in words:
        return ""
    after = _names(words[words.index("ssh") + 1 :], ("-i", "-p", "-l", "-o", "-F", "-J"))
    return after[0].rpartition("@")[2] if after else ""


def _of_process(name: str) -> str:
    """Whose process it is: `run/app-2.pid)` is app-2's, and 4711 is nobody's that is known."""
    bare = name.rstrip(")`\"'").rpartition("/")[2].removesuffix(".pid")
    return "" if bare.isdigit() else bare


def _names(words: Sequence[str], takes_value: Collection[str] = _TAKES_VALUE) -> list[str]:
    """Words that are neither options nor what an option takes."""
    return [
        word for before, word in zip(("", *words), words, strict=False)
        if not word.startswith(("-", ">", "<", "$")) and (before not in takes_value or "=" in before)
    ]  # fmt: skip


def _signal(words: Sequence[str]) -> str:
    for before, word in zip(("", *words), words, strict=False):
        if before in ("-s", "--signal"):
            return signal_of(word)
        if word.startswith("--signal="):
            return signal_of(word.partition("=")[2])
        if word[:1] == "-" and (found := signal_of(word[1:])) and (word[1:].isdigit() or word[1:].isupper()):
            return found
    return ""

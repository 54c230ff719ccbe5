"""A session of a shell as it stands on the screen: prompts, commands, and the moments that `date` printed.

`date; docker kill web-2` is timed by what it printed. A `date` of its own times the next command, or the one before it
in a session that begins with a command. Else a prompt with a clock times the command above it, for it is drawn when
that command has ended; its day stands in it, in a line above, or in what `date` printed, and its zone beside that day.
A command that waits for the end of what it stops began at most its grace before, and not before its own prompt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from app.evidence import dated
from app.evidence.kill_log.events import Event
from app.evidence.kill_log.moments import moment
from app.evidence.kill_log.shell import COMMAND, events

Moment = tuple[float, bool, bool]
_PROMPT = re.compile(r"^(PS [^>\n]{1,80}>|[^$#%❯➜>\n]{0,80}[$#%❯➜>])(?: {1,3}(\S.{0,2000})?|$)")
_SHOWN = re.compile(r"(?<![\d:])\d{1,2}:\d\d:\d\d(?![\d:])", re.ASCII)
_DATE = re.compile(r"(?:^|[;&|(`]\s?|\$\()\s?(?:TZ=\S{1,30} )?(?:date|Get-Date)\b")
_CLOCK = re.compile(r"(?<!\d)(\d{1,2}):(\d\d):(\d\d)(?: ?([AaPp])\.?[Mm]\.?)?", re.ASCII)
_YEAR, _DAY = (
    re.compile(r"(?<!\d)(20\d\d)(?!\d)", re.ASCII),
    re.compile(r"(?<![\d:])(\d{1,2})\.?(?![\d:])", re.ASCII),
)
_MONTH = re.compile(
    r"\b(jan|f[eé]v|feb|m[aä]r|a[pv]r|ma[iy]|jui?n|jui?l|aug|ao[uû]|sep|o[ck]t|nov|de[czs])", re.I
)
_MONTHS = {"f": 2, "s": 9, "o": 10, "n": 11, "d": 12}
_ZONE = re.compile(
    r"\b(UTC|GMT|WET|WEST|BST|CET|CEST|EET|EEST|EST|EDT|CDT|MST|MDT|PST|PDT|JST)\b|(?<!\d)([+-])(\d\d):?(\d\d)\b"
)
_OFFSET = re.compile(r"\b(?:UTC|GMT) ?([+-])(\d{1,2})(?::?(\d\d))?(?!\d)")
_STOPS = (
    (re.compile(r"\b(?:docker|podman)(?:[ -]compose)? (?:stop|restart)\b"), 10.0),
    (re.compile(r"\bkubectl\b[^|;&]{0,120}\bdelete\b(?![^|;&]{0,200}--(?:force|now|wait=false))"), 30.0),
    (re.compile(r"\bsystemctl (?:stop|restart)\b(?![^|;&]{0,120}--no-block)"), 90.0),
)
"""Commands that wait, and the seconds they grant when none are written."""
_GRACE = re.compile(r"(?:\s-t|--time|--timeout|--grace-period)[ =](\d{1,4})\b")
_HOURS = {"WEST": 1, "BST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "EST": -5, "EDT": -4, "CDT": -5, "MST": -7,
          "MDT": -6, "PST": -8, "PDT": -7, "JST": 9}  # fmt: skip
LONGEST_DATE, LONGEST_ZONE = 60, 400
MOST_WORDS = 9


@dataclass(slots=True)
class _Step:
    """A command at a prompt, whether it asks for the time, the moment below it, and that of the next prompt."""

    line: int
    command: str
    asks: bool
    began: Moment | None = None
    at: Moment | None = None
    ended: Moment | None = None

    @property
    def sent(self) -> Moment | None:
        """When what it ends was told to, by the prompts around it."""
        if self.began is None or self.ended is None:
            return self.ended
        grace = next((seconds for stops, seconds in _STOPS if stops.search(self.command)), 0.0)
        written = _GRACE.search(self.command)
        earliest = self.ended[0] - (float(written[1]) if grace and written else grace)
        return max(self.began[0], earliest), *self.ended[1:]

    @property
    def acts(self) -> bool:
        return COMMAND.search(self.command) is not None


def of_lines(lines: Sequence[str], day: date | None = None) -> list[Event]:
    """What the commands ended or started, those that have a moment; `day` is that of prompts without one."""
    steps = [step for step in _steps(lines, day) if step.acts or (step.asks and step.at)]
    is_before = bool(steps) and not steps[0].acts
    found: list[Event] = []
    for at, step in enumerate(steps):
        beside = at - 1 if is_before else at + 1
        other = steps[beside] if 0 <= beside < len(steps) else None
        time = step.at or (other.at if other and not other.acts else None) or step.sent
        if step.acts and time:
            found += [event for event in events(time, step.command, step.line) if "$" not in event.instance]
    return found


def _steps(lines: Sequence[str], day: date | None) -> Iterator[_Step]:
    step: _Step | None = None
    shift: float | None = None
    for number, text in enumerate(lines, 1):
        hit = _PROMPT.match(text[:2200].rstrip())
        if named := dated.day_in(text) if hit or step is None else None:
            day, shift = named, shift if COMMAND.search(text) else _zone(text, shift)
        if hit:
            shown = _shown(hit[1], day, shift)
            if step:
                step.ended = shown
                yield step
            command = hit[2] or ""
            step = _Step(number, command, _DATE.search(command[:400]) is not None, shown)
        elif step and step.asks and step.at is None and (at := printed(text)):
            step.at, day = at, datetime.fromtimestamp(at[0], UTC).date()
    if step:
        yield step


def _shown(prompt: str, day: date | None, shift: float | None) -> Moment | None:
    """The moment of a prompt with a clock, `shift` seconds east of UTC where that is known."""
    clock = _SHOWN.search(prompt)
    at = moment(f"{day} {clock[0]}") if clock and day else None
    return at if at is None or shift is None else (at[0] - shift, True, at[2])


def _zone(text: str, known: float | None) -> float | None:
    """How far east of UTC the words beside a day say that the clock is; else what is known."""
    if offset := _OFFSET.search(text[:LONGEST_ZONE]):
        seconds = int(offset[2]) * 3600.0 + int(offset[3] or 0) * 60
        return -seconds if offset[1] == "-" else seconds
    found = _ZONE.search(text[:LONGEST_ZONE])
    return known if found is None else _shift(found)


def printed(text: str) -> Moment | None:
    """The moment of a line that is nothing else, as `date` prints it in English, German or French, or as asked for."""
    text = text.strip()
    if not 10 <= len(text) <= LONGEST_DATE or len(text.split()) > MOST_WORDS:
        return None
    clock, year, month = _CLOCK.search(text), _YEAR.search(text), _MONTH.search(text)
    if clock and year and month:
        rest = _CLOCK.sub(" ", _YEAR.sub(" ", text))
        return _moment(year[1], _number(month[1]), _DAY.search(rest), clock, _ZONE.search(text))
    return moment(text) if text[0].isdigit() else None


def _number(month: str) -> int:
    """By the letters that tell the names of months apart in the three languages."""
    name = month.lower()
    if name[0] in _MONTHS:
        return _MONTHS[name[0]]
    known = {
        "jan": 1,
        "mar": 3,
        "mär": 3,
        "apr": 4,
        "avr": 4,
        "mai": 5,
        "may": 5,
        "jun": 6,
        "juin": 6,
        "jul": 7,
        "juil": 7,
    }
    return known.get(name, 8)


def _moment(
    year: str, month: int, day: re.Match[str] | None, clock: re.Match[str], zone: re.Match[str] | None
) -> Moment | None:
    hour = int(clock[1]) % 12 + 12 * (clock[4] in "pP") if clock[4] else int(clock[1])
    try:
        number = int(day[1]) if day else 0
        at = datetime(int(year), month, number, hour, int(clock[2]), int(clock[3]), tzinfo=UTC).timestamp()
    except ValueError:
        return None
    return at - _shift(zone), zone is not None, True


def _shift(zone: re.Match[str] | None) -> float:
    """Seconds east of UTC."""
    if zone is None:
        return 0.0
    if zone[2]:
        return (-1 if zone[2] == "-" else 1) * (int(zone[3]) * 3600.0 + int(zone[4]) * 60)
    return _HOURS.get(zone[1], 0) * 3600.0

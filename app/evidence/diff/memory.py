"""State that a program keeps in a variable: an empty container the whole process sees, filled while it serves.

The patch has to change both lines: `carts = {}` at the top of a module, and `carts[user] = …` inside a function.
What is filled while the module loads (a map of routes), what is never written to (a constant) and what every instance
needs for itself (open connections, metrics, handlers) is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from app.evidence.diff.parse import FilePatch, Line

LONGEST = 400  # characters of a line that are looked at
MOST_NAMES = 40  # containers of one file
_END = r"\s{0,4};?\s{0,4}(?:(?:#|//).{0,300})?$"
_PYTHON = re.compile(
    r"(?P<name>[A-Za-z_]\w{0,60})\s?(?::[^=]{1,120})?=\s?"
    r"(?:\{\}|\[\]|(?:collections\.)?(?:dict|list|set|OrderedDict|deque|Counter)\(\)"
    r"|(?:collections\.)?(?:defaultdict|deque)\([^()]{0,60}\))" + _END
)
_SCRIPT = re.compile(
    r"(?:export )?(?:const|let|var) (?P<name>[A-Za-z_$][\w$]{0,60})\s?(?::[^=]{1,120})?=\s?"
    r"(?:\{\}|\[\]|Object\.create\(null\)|new (?:Map|Set)(?:<[^()=]{0,100}>)?\(\))(?: as [^=]{1,100})?" + _END
)
_GO = re.compile(
    r"(?:var |\t)(?P<name>[A-Za-z_]\w{0,60})(?:\s{1,20}sync\.Map|(?:\s{1,20}[^\s=]{1,80})?\s{0,20}="
    r"\s?(?:make\((?:map|\[\])[^()]{1,100}\)|(?:map\[[\w.]{1,40}\]|\[\])[\w\[\]*.]{1,60}(?:struct\{\})?\{\}))"
    + _END
)
_RUBY = re.compile(
    r"\s{0,8}(?P<name>(?:\$|@@)[a-z_]\w{0,60}|[A-Z][A-Z_0-9]{0,60})\s?=\s?"
    r"(?:\{\}|\[\]|Hash\.new(?:\(.{0,40}\)|\s?\{.{0,60}\})?|Set\.new|Concurrent::(?:Map|Hash|Array)\.new)"
    + _END
)
_STATIC = re.compile(
    r"\s{1,12}(?=(?:\w{1,12} ){0,4}static )(?:(?:public|private|protected|internal|static|final|readonly) ){1,5}"
    r"[\w.]{1,60}(?:<[^=;()]{1,120}>)? (?P<name>\w{1,60})\s?=\s?"
    r"new(?: [\w.]{1,60}(?:<[^=;()]{0,120}>)?)?\(\)" + _END
)
_MAKES = {
    "py": _PYTHON,
    **dict.fromkeys(("js", "jsx", "ts", "tsx", "mjs", "cjs"), _SCRIPT),
    "go": _GO,
    "rb": _RUBY,
    **dict.fromkeys(("java", "cs"), _STATIC),
}
_AT = r"(?:\[[^\[\]]{1,120}(?:\[[^\[\]]{1,60}\])?\]){1,2}"
_VERBS = (
    r"\.(?:set|add|push|unshift|append|appendleft|extend|insert|put|putIfAbsent|computeIfAbsent|compute|merge|offer"
    r"|setdefault|update|store|Store|LoadOrStore|TryAdd|AddOrUpdate|GetOrAdd|Add|Enqueue|<<)\("
)
_WRITES = rf"(?:{_AT}\s{{0,4}}(?:=(?![=~])|\+=|-=|\+\+|\|\|=|<<)|{_AT}{_VERBS}|{_VERBS}|\s{{1,4}}<<\s|\s?=\s?append\()"
_NAMED = re.compile(
    rf"(?<![\w$.@])(?:this\.)?(?P<name>(?:\$|@@)?[A-Za-z_$][\w$]{{0,60}}){_WRITES}(?P<rest>.{{0,80}})"
)
_A_HANDLER = re.compile(r"\s{0,4}\(?(?:fn|func|function|cls|klass|handler|callback|wrapper|factory|module)\b")
_PIECES = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_ITS_OWN = re.compile(
    r"(?:route|handler|registr(?:y|ation)|registered|plugin|command|config|setting|option|default|metric|counter|gauge"
    r"|histogram|logger|connection|conn|socket|client|pool|thread|timer|listener|subscriber|observer|middleware|hook"
    r"|worker|inflight|flight|background|pending|template|compiled|pattern|schema|converter|parser|module|stat|latencies"
    r"|timing|sample|result|error|failure|breaker|healthy|draining|closing)s?",
    re.IGNORECASE,
)
_BESIDE = re.compile(
    r"(?:^|/)(?:tests?|__tests__|specs?|e2e|scripts?|tools?|bench(?:marks?)?|load|chaos|migrations|examples?)/"
    r"|(?:^|/)(?:test_|conftest|locustfile|k6)[^/]{0,80}$|[._-](?:tests?|spec)\.\w{1,4}$",
    re.IGNORECASE,
)


def kept(file: FilePatch, lines: Sequence[Line]) -> Iterator[tuple[str, Line, Line]]:
    """The containers among these lines of a file that others of them fill: name, where it is made, where filled."""
    makes = _MAKES.get(file.path.rpartition(".")[2].lower())
    if makes is None or is_beside(file.path):
        return
    made = _made(makes, lines)
    for line in lines if made else ():
        for write in _NAMED.finditer(line.text[:LONGEST]) if line.text[:1].isspace() else ():
            if write["name"] in made and not _A_HANDLER.match(write["rest"]):
                yield write["name"], made.pop(write["name"]), line


def is_beside(path: str) -> bool:
    """Whether a file is a test or a script: what it keeps serves nobody."""
    return _BESIDE.search(path[-400:]) is not None


def _made(makes: re.Pattern[str], lines: Sequence[Line]) -> dict[str, Line]:
    in_block = makes is not _GO or any(line.text.startswith("var (") for line in lines)
    found: dict[str, Line] = {}
    for line in lines:
        text = line.text[:LONGEST]
        match = makes.match(text) if in_block or text.startswith("var ") else None
        if match and len(found) < MOST_NAMES and not _is_its_own(match["name"]):
            found.setdefault(match["name"], line)
    return found


def _is_its_own(name: str) -> bool:
    return any(_ITS_OWN.fullmatch(piece) for piece in _PIECES.findall(name))

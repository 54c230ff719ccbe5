"""HAProxy: sections of lines. Nothing is included, resolved or run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from app.evidence.findings import phrase
from app.evidence.load_balancer.setup import (
    MOST_POOLS,
    MOST_SERVERS,
    BadSetup,
    Health,
    Pool,
    Server,
    Setup,
    apart,
    seconds,
    whole,
)

SECTIONS = frozenset(
    ("global", "defaults", "frontend", "backend", "listen", "peers", "resolvers", "userlist", "mailers", "cache",
     "program", "ring", "http-errors", "fcgi-app", "log-forward", "crt-store", "traces", "log-profile", "acme")
)  # fmt: skip
MOST_OF_A_WORD = 200
INTER_S, FALL, RISE = 2.0, 3, 2
_UNSAFE = (
    "all-retryable-errors",
    "response-timeout",
    "empty-response",
    "junk-response",
    "500",
    "502",
    "503",
    "504",
)
_STICKY = ("balance source", "cookie ", "stick on", "stick match", "appsession")


@dataclass(slots=True)
class Section:
    """`lines` are the words of each line with its number."""

    kind: str
    name: str
    line: int
    lines: list[tuple[list[str], int]] = field(default_factory=list)
    base: Section | None = None
    by_word: dict[str, list[list[str]]] = field(default_factory=dict)

    def add(self, words: list[str], number: int) -> None:
        """Keep a line, and the first two hundred of each word where `first` finds them."""
        self.lines.append((words, number))
        same = self.by_word.setdefault(words[0], [])
        if len(same) < MOST_OF_A_WORD:
            same.append(words)

    def first(self, *words: str) -> list[str] | None:
        """The words after the first line that begins so, here or in its defaults."""
        for section in (self, self.base):
            for line in section.by_word.get(words[0], ()) if section else ():
                if tuple(line[: len(words)]) == words:
                    return line[len(words) :]
        return None


def read(text: str) -> Setup:
    """Backends and listeners with their servers; raises `BadSetup`."""
    setup = Setup("haproxy")
    sections = _sections(text)
    for section in sections:
        if section.kind in ("backend", "listen") and len(setup.pools) < MOST_POOLS:
            pool = _pool(section)
            if pool.servers or pool.is_dynamic:
                setup.pools.append(pool)
        setup.open_doors += _doors(section)
    return setup


def _sections(text: str) -> list[Section]:
    found: list[Section] = []
    defaults: Section | None = None
    for words, number in _lines(text):
        if words[0] in SECTIONS:
            section = Section(words[0], words[1][:200] if len(words) > 1 else "", number, base=defaults)
            if words[0] == "defaults":
                defaults = section
                section.base = None
            found.append(section)
        elif found:
            found[-1].add(words, number)
        elif not words[0].startswith("."):
            raise BadSetup(
                phrase("its first line stands in no section (global, defaults, frontend, backend, listen)"),
                number,
            )
    return found


def _lines(text: str) -> Iterator[tuple[list[str], int]]:
    """The words of each line that has some; a backslash saves a blank, quotes keep words together."""
    for number, line in enumerate(text.split("\n"), start=1):
        words = _words(line[:16_000])
        if words:
            yield words, number


def _words(line: str) -> list[str]:
    if not any(sign in line for sign in "\\\"'"):
        return line.partition("#")[0].split()
    words: list[str] = []
    word, quote, is_saved = "", "", False
    for sign in line:
        if is_saved or (quote and sign != quote and not (sign == "\\" and quote == '"')):
            word, is_saved = word + sign, False
        elif sign == "\\":
            is_saved = True
        elif sign in "\"'":
            quote = "" if quote else sign
        elif sign == "#":
            break
        elif sign.isspace():
            words, word = ([*words, word] if word else words), ""
        else:
            word += sign
    return [*words, word] if word else words


def _pool(section: Section) -> Pool:
    pool = Pool(section.name, section.line, retries=_retries(section), retry_post=_posts(section))
    shared: list[str] = [word for line in _default_servers(section) for word in line]
    for words, number in section.lines:
        if words[0] == "server" and len(words) > 2:
            _server(pool, words, number, shared)
        elif words[0] == "server-template" and len(words) > 3:
            _template(pool, words, number, shared)
        pool.sticky = pool.sticky or _sticky(words)
    for name in ("connect", "client", "server"):
        if value := section.first("timeout", name):
            pool.timeouts[name] = value[0][:40]
    if section.first("option", "httpchk") is not None and pool.health:
        pool.health.path = _path(section)
    return pool


def _default_servers(section: Section) -> Iterator[list[str]]:
    for one in (section.base, section):
        yield from (words[1:] for words in (one.by_word.get("default-server", ()) if one else ()))


def _server(pool: Pool, words: list[str], number: int, shared: list[str]) -> None:
    host, port = apart(words[2])
    options = words[3:]
    pool.servers.append(Server(words[1][:200], host, port, "backup" in options, _is_out(options), number))
    if len(pool.servers) <= MOST_SERVERS:
        _options(pool, shared + options, number)


def _is_out(options: list[str]) -> bool:
    """Disabled, or of no weight, which HAProxy sends nothing."""
    return "disabled" in options or ("weight", "0") in pairwise(options)


def _template(pool: Pool, words: list[str], number: int, shared: list[str]) -> None:
    """`server-template app- 3 host:80`: the count is of places, filled as the name resolves."""
    last = whole(words[2].rpartition("-")[2]) or 0
    first = whole(words[2].rpartition("-")[0]) or 1
    pool.is_dynamic, pool.replicas = True, max(0, min(last - first + 1, 10_000)) or None
    _options(pool, shared + words[4:], number)


def _options(pool: Pool, options: list[str], number: int) -> None:
    named = dict(pairwise(options))
    if "observe" in named:
        pool.is_passive = True
    if "slowstart" in named:
        pool.slow_start_s = seconds(named["slowstart"], "ms")
    if "check" in options and "no-check" not in options and pool.health is None:
        inter = seconds(named.get("inter"), "ms")
        pool.health = Health("", INTER_S if inter is None else inter, whole(named.get("fall")) or FALL,
                             whole(named.get("rise")) or RISE, number)  # fmt: skip


def _path(section: Section) -> str:
    """From `http-check send`, else from `option httpchk`, which may name a method first."""
    sent = section.first("http-check", "send") or []
    if "uri" in sent[:-1]:
        return sent[sent.index("uri") + 1][:200]
    words = section.first("option", "httpchk") or []
    return next((word[:200] for word in words[:2] if word.startswith("/")), "/")


def _retries(section: Section) -> str:
    if (section.first("retries") or [""])[0] == "0":
        return "none"
    if (
        section.first("option", "redispatch") is None
        or section.first("no", "option", "redispatch") is not None
    ):
        return "none"
    on = section.first("retry-on") or []
    return "full" if any(word in _UNSAFE for word in on) else "connect"


def _posts(section: Section) -> bool:
    on = section.first("retry-on") or []
    is_kept_out = section.first("http-request", "disable-l7-retry") is not None
    return any(word in _UNSAFE for word in on) and not is_kept_out


def _sticky(words: list[str]) -> str:
    line = " ".join(words[:4])
    return next((line[:100] for start in _STICKY if f"{line} ".startswith(start)), "")


def _doors(section: Section) -> Iterator[tuple[str, int]]:
    """The statistics page without a password where others than this machine may ask."""
    if section.kind in ("defaults", "global"):
        return
    lines = [words for words, _ in section.lines]
    shown = [
        number for words, number in section.lines if words[:2] in (["stats", "enable"], ["stats", "uri"])
    ]
    guarded = any(words[:2] in (["stats", "auth"], ["stats", "http-request"]) or "127.0.0.1" in "".join(words[:2])
                  or words[0] == "acl" or words[:2] == ["http-request", "auth"] for words in lines)  # fmt: skip
    if shown and not guarded:
        yield phrase("the statistics page"), shown[0]

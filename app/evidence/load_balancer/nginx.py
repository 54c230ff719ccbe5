"""nginx: blocks and directives by a tokenizer of its own, which opens no file whatever `include` says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from app.evidence.findings import phrase
from app.evidence.load_balancer.setup import (
    MOST_POOLS,
    BadSetup,
    Health,
    Pool,
    Server,
    Setup,
    apart,
    seconds,
    whole,
)

DEEPEST = 60
MOST_WORDS = 2000  # of one directive
MOST_TOLD = 2000
_TOKEN = re.compile(
    r"[ \t\n]{1,4000}|#[^\n]{0,16000}|[{};]|\"|'|(?:\$\{[^}\s]{1,100}\}|\\.|[^\s{};\\\"']){1,4000}"
)
_STICKY = ("ip_hash", "sticky")
_VISITOR = re.compile(r"\$(?:remote_addr|binary_remote_addr|cookie_|http_cookie|jsessionid|realip)")
_TIMEOUTS = ("proxy_connect_timeout", "proxy_read_timeout", "proxy_send_timeout")


@dataclass(slots=True)
class Directive:
    """A name, its arguments and, of a block, what stands in its braces."""

    words: list[str]
    line: int
    inside: list[Directive] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.words[0] if self.words else ""


def parse(text: str) -> list[Directive]:
    """The tree of directives; raises `BadSetup` when braces do not match."""
    top: list[Directive] = []
    open_blocks: list[tuple[Directive, list[Directive]]] = []
    level, words, began = top, list[str](), 1
    for sign, line in _tokens(text):
        began = began if words else line
        if sign == "{":
            if len(open_blocks) >= DEEPEST:
                raise BadSetup(phrase("it nests deeper than {deepest} levels", deepest=DEEPEST), line)
            block = Directive(words, began)
            level.append(block)
            open_blocks.append((block, level))
            level, words = block.inside, []
        elif sign == "}":
            if not open_blocks:
                raise BadSetup(phrase("a closing brace has no opening one"), line)
            level, words = open_blocks.pop()[1], []
        elif sign == ";":
            level.append(Directive(words, began))
            words = []
        elif len(words) < MOST_WORDS:
            words.append(sign[1:] if sign[0] == "\0" else sign)
    if words:
        raise BadSetup(
            phrase("what begins with `{words}` is ended by no semicolon", words=words[0][:40]), began
        )
    if open_blocks:
        raise BadSetup(
            phrase("the block `{name}` is never closed", name=open_blocks[-1][0].name[:40]),
            open_blocks[-1][0].line,
        )
    return top


def _tokens(text: str) -> Iterator[tuple[str, int]]:
    """Words, braces and semicolons with their lines; a quoted word begins with NUL, so that it is never a brace."""
    at, line = 0, 1
    while at < len(text):
        match = _TOKEN.match(text, at)
        token = match[0] if match else text[at]
        at += len(token)
        if token in ("'", '"'):
            end = _closing(text, at, token, line)
            yield "\0" + text[at:end], line
            line += text.count("\n", at, end)
            at = end + 1
        elif token[0] in " \t\n":
            line += token.count("\n")
        elif token[0] != "#":
            yield token, line


def _closing(text: str, at: int, quote: str, line: int) -> int:
    """Where a quoted word ends; a backslash saves the sign after it."""
    end = text.find(quote, at)
    while end > 0 and text[end - 1] == "\\" and (end - len(text[at:end].rstrip("\\")) - at) % 2:
        end = text.find(quote, end + 1)
    if end < 0:
        raise BadSetup(phrase("a quotation mark is never closed"), line)
    return end


def read(text: str) -> Setup:
    """Upstreams and what the proxying locations say of retries, checks and times; raises `BadSetup`."""
    setup = Setup("nginx")
    every = list(_walk(parse(text)))
    setup.pools = [_pool(one) for one in every if one.name == "upstream"][:MOST_POOLS]
    setup.includes = [(one.words[1], one.line) for one in every if one.name == "include" and len(one.words) > 1
                      and "mime.types" not in one.words[1]]  # fmt: skip
    _retries(setup.pools, every)
    checks = [one for one in every if one.name == "health_check"]
    for one in checks[-1:]:
        _checked(setup.pools, one)
    for one in every:
        if one.name == "api" and "write=on" in one.words:
            setup.open_doors.append((phrase("the API that changes servers (api write=on)"), one.line))
    return setup


def _walk(top: Sequence[Directive]) -> Iterator[Directive]:
    waiting = list(reversed(top))
    while waiting:
        one = waiting.pop()
        yield one
        waiting += reversed(one.inside)


def _pool(block: Directive) -> Pool:
    pool = Pool(
        block.words[1][:200] if len(block.words) > 1 else "", block.line, is_passive=True, retries="connect"
    )
    for one in block.inside:
        if one.name == "server" and len(one.words) > 1:
            _server(pool, one)
        elif one.name in _STICKY or (one.name == "hash" and _VISITOR.search(" ".join(one.words[1:3])[:400])):
            pool.sticky = " ".join(one.words[:2])[:100]
    return pool


def _server(pool: Pool, one: Directive) -> None:
    host, port = apart(one.words[1])
    options = one.words[2:]
    pool.servers.append(Server(host, host, port, "backup" in options, "down" in options, one.line))
    if "resolve" in options or any(word.startswith("service=") for word in options):
        pool.is_dynamic = True
    for word in options:
        name, _, value = word.partition("=")
        if name == "slow_start":
            pool.slow_start_s = seconds(value)
        if name == "max_fails" and value == "0":
            pool.is_passive = False


def _retries(pools: list[Pool], every: list[Directive]) -> None:
    """What `proxy_next_upstream` says anywhere counts for every pool: it is inherited from above."""
    told = [one for one in every if one.name.endswith("_next_upstream") or one.name in _TIMEOUTS]
    for one in told[:MOST_TOLD]:
        is_next = one.name.endswith("_next_upstream")
        for pool in pools:
            if is_next and "off" in one.words[1:]:
                pool.retries = "none"
            elif is_next:
                pool.retries = "full" if any(word.startswith("http_50") for word in one.words) else "connect"
                pool.retry_post = pool.retry_post or "non_idempotent" in one.words
            elif one.name in _TIMEOUTS and len(one.words) > 1:
                pool.timeouts[one.name.removeprefix("proxy_").removesuffix("_timeout")] = one.words[1][:40]


def _checked(pools: list[Pool], one: Directive) -> None:
    """The active check of nginx Plus, with its own defaults."""
    options = dict(word.split("=", 1) for word in one.words[1:] if "=" in word)
    health = Health(options.get("uri", "/")[:200], seconds(options.get("interval", "5")),
                    whole(options.get("fails", "1")), whole(options.get("passes", "1")), one.line)  # fmt: skip
    for pool in pools:
        pool.health = health

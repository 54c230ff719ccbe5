"""Receives mail by SMTP and keeps it: enough of RFC 5321 for any client that sends without TLS or a password."""

import asyncio
import contextlib
import re
from collections.abc import Awaitable, Callable

from embedded.process import LOOPBACK

LARGEST = 10 * 1024 * 1024  # bytes of one mail
_PATIENCE = 60  # seconds a silent client is kept
_LINE = 4096
_ADDRESS = re.compile(rb"(?:FROM|TO):\s*<([^<>\s]*)>((?: [^ ]+)*)\s*", re.IGNORECASE)

Keep = Callable[[str, list[str], bytes], None]


async def listen(port: int, keep: Keep) -> asyncio.Server:
    """Serve on loopback; `keep(sender, recipients, data)` returns once a mail is safe, then the client is told."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, TimeoutError, asyncio.IncompleteReadError):
            await _Session(reader, writer, keep).run()
        writer.close()

    return await asyncio.start_server(talk, LOOPBACK, port, limit=_LINE)


class _Session:
    """One conversation; RFC 5321's states are: nobody greeted, sender known, recipients known."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, keep: Keep) -> None:
        self._reader = reader
        self._writer = writer
        self._keep = keep
        self._greeted = False
        self._sender: str | None = None
        self._recipients: list[str] = []
        self._verbs: dict[bytes, Callable[[bytes], Awaitable[None]]] = {
            b"EHLO": self._hello,
            b"HELO": self._hello,
            b"MAIL": self._mail,
            b"RCPT": self._recipient,
            b"DATA": self._data,
            b"RSET": self._reset,
        }

    async def run(self) -> None:
        await self._say(220, f"{LOOPBACK} mailbox of the demo")
        while (line := await self._line()) is not None:
            verb, _, rest = line.partition(b" ")
            verb = verb.upper()
            if verb == b"QUIT":
                await self._say(221, "Bye")
                return
            if verb == b"NOOP":
                await self._say(250, "OK")
            elif verb in self._verbs:
                await self._verbs[verb](rest)
            else:
                await self._say(502, "Command not implemented")

    async def _hello(self, name: bytes) -> None:
        if not name.strip():
            await self._say(501, "Say who you are")
            return
        self._greeted = True
        self._forget()
        await self._say(250, LOOPBACK, f"SIZE {LARGEST}", "8BITMIME", "SMTPUTF8", "PIPELINING")

    async def _mail(self, rest: bytes) -> None:
        match = _ADDRESS.fullmatch(rest)
        if not self._greeted or self._sender is not None:
            await self._say(503, "Bad sequence of commands")
        elif match is None or not rest.upper().startswith(b"FROM"):
            await self._say(501, "Write MAIL FROM:<address>")
        elif (size := re.search(rb"SIZE=([0-9]+)", match[2], re.IGNORECASE)) and int(size[1]) > LARGEST:
            await self._say(552, "The mail is too large")
        else:
            self._sender = match[1].decode(errors="replace")
            await self._say(250, "OK")

    async def _recipient(self, rest: bytes) -> None:
        match = _ADDRESS.fullmatch(rest)
        if self._sender is None:
            await self._say(503, "Bad sequence of commands")
        elif match is None or not match[1] or not rest.upper().startswith(b"TO"):
            await self._say(501, "Write RCPT TO:<address>")
        else:
            self._recipients.append(match[1].decode(errors="replace"))
            await self._say(250, "OK")

    async def _data(self, rest: bytes) -> None:
        if not self._recipients or self._sender is None or rest:
            await self._say(503, "Bad sequence of commands")
            return
        await self._say(354, "End with a dot on a line of its own")
        data = await self._body()
        if data is None:
            await self._say(552, "The mail is too large")
        else:
            await asyncio.to_thread(self._keep, self._sender, self._recipients, data)
            await self._say(250, "Kept")
        self._forget()

    async def _body(self) -> bytes | None:
        """The mail without its final dot, leading dots unstuffed; None if it is too large, read to its end anyway."""
        lines: list[bytes] = []
        size = 0
        while (line := await self._whole_line()) != b".\r\n":
            size += len(line)
            if size <= LARGEST:
                lines.append(line.removeprefix(b"."))
        return b"".join(lines) if size <= LARGEST else None

    async def _reset(self, _: bytes) -> None:
        self._forget()
        await self._say(250, "OK")

    def _forget(self) -> None:
        self._sender, self._recipients = None, []

    async def _line(self) -> bytes | None:
        """A command, or None at the end of the connection; one that is too long ends it."""
        try:
            async with asyncio.timeout(_PATIENCE):
                line = await self._reader.readuntil(b"\r\n")
        except asyncio.LimitOverrunError:
            await self._say(500, "Line too long")
            return None
        return line[:-2]

    async def _whole_line(self) -> bytes:
        """A line of a mail, however long."""
        pieces: list[bytes] = []
        while True:
            try:
                async with asyncio.timeout(_PATIENCE):
                    pieces.append(await self._reader.readuntil(b"\r\n"))
                return b"".join(pieces)
            except asyncio.LimitOverrunError as overrun:
                pieces.append(await self._reader.readexactly(overrun.consumed))
                if sum(map(len, pieces)) > LARGEST:
                    raise ConnectionError("a line longer than the largest mail") from None

    async def _say(self, code: int, *lines: str) -> None:
        *first, last = lines
        text = [f"{code}-{line}\r\n" for line in first] + [f"{code} {last}\r\n"]
        self._writer.write("".join(text).encode())
        await self._writer.drain()

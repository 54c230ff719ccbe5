"""Python's marshal format for one shape only: the dictionary that cProfile writes. Python's own module is not used.

`{(file, line, name): (calls, primitive calls, self s, total s, {caller: …})}`. Every value is checked as it is read,
so that nothing can be nested, shared or hashed beyond that shape. Codes after CPython's Python/marshal.c, version 2-4.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from app.evidence.findings import phrase
from app.evidence.profile.limits import Refused

Function = tuple[str, int, str]
Numbers = tuple[float, ...]
Entry = tuple[Numbers, dict[Function, Numbers]]
MOST_FUNCTIONS = 200_000
_REFERRED = 0x80
_SHORT_TEXT = (ord("z"), ord("Z"))
_LONG_TEXT = tuple(b"sutaA")
_CODES = (b"c", b"\xe3")
_END = ord("0")
_TUPLES = (ord("("), ord(")"))


@dataclass(slots=True)
class _Pending:
    """A place kept for a tuple or dictionary that is still being read: nothing may refer to it yet."""


class HoldsCode(Refused):
    """A function is named by its code object: `python -m profile` does so, for the program as a whole."""


class Reader:
    """Reads `data` from its start; raise `Refused` at the first byte that does not fit."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._seen: list[object] = []
        self._callers = 0

    def stats(self) -> dict[Function, Entry]:
        """The whole file: each function with its four numbers and those of its callers."""
        code, slot = self._code()
        if code != ord("{"):
            raise self._odd("a dictionary")
        found: dict[Function, Entry] = {}
        while not self._is_end():
            function = self._function()
            found[function] = self._entry()
            if len(found) > MOST_FUNCTIONS:
                raise Refused(
                    phrase("it names more than {most_functions:,} functions", most_functions=MOST_FUNCTIONS)
                )
        self._keep(slot, found)
        return found

    def _entry(self) -> Entry:
        code, slot = self._code()
        if code not in _TUPLES or self._size(code) != 5:
            raise self._odd(phrase("five numbers of a function"))
        numbers = tuple(self._number() for _ in range(4))
        entry = (numbers, self._called_by())
        self._keep(slot, entry)
        return entry

    def _called_by(self) -> dict[Function, Numbers]:
        code, slot = self._code()
        if code != ord("{"):
            raise self._odd(phrase("the callers of a function"))
        found: dict[Function, Numbers] = {}
        while not self._is_end():
            caller = self._function()
            found[caller] = self._call()
        self._keep(slot, found)
        return found

    def _call(self) -> Numbers:
        """Four numbers, or the count of calls that `profile` in pure Python writes."""
        code, slot = self._code()
        if code == ord("r"):
            return self._known_call()
        if code not in _TUPLES:
            return (self._number_of(code, slot),)
        if self._size(code) != 4:
            raise self._odd(phrase("four numbers of a call"))
        numbers = tuple(self._number() for _ in range(4))
        self._keep(slot, numbers)
        return numbers

    def _known_call(self) -> Numbers:
        known = self._known()
        if isinstance(known, int | float):
            return (known,)
        if isinstance(known, tuple) and len(known) == 4 and isinstance(known[0], int | float):
            return known
        raise self._odd(phrase("numbers of a call"))

    def _function(self) -> Function:
        code, slot = self._code()
        if code == ord("r"):
            known = self._known()
            if isinstance(known, tuple) and len(known) == 3 and isinstance(known[0], str):
                return known
            raise self._odd(phrase("a function"))
        if code not in _TUPLES or self._size(code) != 3:
            raise self._odd(phrase("a function (file, line, name)"))
        file, line = self._text(), int(self._number())
        if file == "profile" and self._data[self._at : self._at + 1] in _CODES:
            raise HoldsCode(phrase("it names a function by its code"))
        function = (file, line, self._text())
        self._keep(slot, function)
        return function

    def _text(self) -> str:
        code, slot = self._code()
        if code == ord("r"):
            known = self._known()
            if isinstance(known, str):
                return known
            raise self._odd(phrase("a text"))
        if code not in (*_SHORT_TEXT, *_LONG_TEXT):
            raise self._odd(phrase("a text"))
        size = self._take(1)[0] if code in _SHORT_TEXT else struct.unpack("<i", self._take(4))[0]
        text = self._take(size).decode("utf-8", "replace")
        self._keep(slot, text)
        return text

    def _number(self) -> float:
        return self._number_of(*self._code())

    def _number_of(self, code: int, slot: int) -> float:
        if code != ord("r"):
            value = self._literal(code)
            self._keep(slot, value)
            return value
        known = self._known()
        if isinstance(known, int | float):
            return known
        raise self._odd(phrase("a number"))

    def _literal(self, code: int) -> float:
        if code == ord("i"):
            return int(struct.unpack("<i", self._take(4))[0])
        if code == ord("g"):
            return float(struct.unpack("<d", self._take(8))[0])
        if code == ord("l"):
            return self._long()
        raise self._odd(phrase("a number"))

    def _long(self) -> int:
        """An integer in digits of fifteen bits, at most five of them."""
        size = int(struct.unpack("<i", self._take(4))[0])
        if abs(size) > 5:
            raise self._odd(phrase("a number of this size"))
        digits = struct.unpack(f"<{abs(size)}h", self._take(2 * abs(size)))
        value = sum(int(digit) << 15 * place for place, digit in enumerate(digits))
        return -value if size < 0 else value

    def _size(self, code: int) -> int:
        return self._take(1)[0] if code == ord(")") else int(struct.unpack("<i", self._take(4))[0])

    def _code(self) -> tuple[int, int]:
        """The next type, and the place later references know its value by (-1 for none)."""
        byte = self._take(1)[0]
        if not byte & _REFERRED:
            return byte, -1
        self._seen.append(_Pending())
        return byte & ~_REFERRED, len(self._seen) - 1

    def _keep(self, slot: int, value: object) -> None:
        if slot >= 0:
            self._seen[slot] = value

    def _known(self) -> object:
        index = struct.unpack("<i", self._take(4))[0]
        if not 0 <= index < len(self._seen):
            raise self._odd(phrase("a reference to something before it"))
        return self._seen[index]

    def _is_end(self) -> bool:
        if self._at < len(self._data) and self._data[self._at] == _END:
            self._at += 1
            return True
        return False

    def _take(self, size: int) -> bytes:
        if size < 0 or self._at + size > len(self._data):
            raise Refused(phrase("it ends too early"))
        self._at += size
        return self._data[self._at - size : self._at]

    def _odd(self, wanted: str) -> Refused:
        return Refused(phrase("at byte {at:,} it does not hold {wanted}", at=self._at, wanted=wanted))

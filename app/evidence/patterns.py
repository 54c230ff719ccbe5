"""Patterns that are compiled when they are first used: most files need a quarter of all there are.

Compiling every pattern of the package takes longer than reading a plan does, and a child reads one file.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


def lazy(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """What `re.compile` gives, later. A mistake in `text` shows at the first use, and in the tests."""
    return cast("re.Pattern[AnyStr]", Later(text, flags))


class Later:
    """Stands for a pattern; its methods are those of the compiled one from the first use on."""

    def __init__(self, text: str | bytes, flags: int) -> None:
        self._text, self._flags = text, flags

    def __getattr__(self, name: str) -> Any:
        compiled = re.compile(self._text, self._flags)
        vars(self).update(
            {each: getattr(compiled, each) for each in dir(compiled) if not each.startswith("__")}
        )
        return getattr(compiled, name)

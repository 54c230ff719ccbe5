"""The words of a line of AsciiDoc as Markdown has them: links, references, attributes, what is not seen."""

from __future__ import annotations

import re

MOST_FILLED = 100_000
"""Signs that attributes may put into one page."""
_LINK = re.compile(r"(?:(?:link|xref|mailto):|(?=https?://))([^\s\[\]<>`]{1,300})\[([^\]\n]{0,300})\]")
_REFERENCE = re.compile(r"<<[^<>,\n]{1,200}(?:, {0,2}([^<>\n]{1,200}))?>>")
_IMAGE = re.compile(r"image::?([^\s\[\]]{1,300})\[([^\],\n]{0,200})[^\]\n]{0,200}\]")
_UNSEEN = re.compile(
    r"icon:[\w-]{0,40}\[[^\]\n]{0,60}\] ?|\[\[[\w.:-]{1,80}\]\]|(?:anchor|indexterm2?):[\w-]{0,80}\[[^\]\n]{0,80}\]"
)
_NAMED = re.compile(r"\{([a-zA-Z][\w-]{0,60})\}")
_GIVEN = {"empty": "", "nbsp": " ", "sp": " ", "plus": "+", "asterisk": "*", "vbar": "\\|", "cpp": "C++"}


class Words:
    """Knows the attributes that the lines before have set."""

    def __init__(self) -> None:
        self._attributes = dict(_GIVEN)
        self._filled = 0

    def know(self, name: str, value: str) -> None:
        """`:name: value`; its value may use others."""
        self._attributes[name] = self._with_attributes(value)[:300]

    def plain(self, line: str) -> str:
        """The line in Markdown."""
        if "{" in line:
            line = self._with_attributes(line)
        if "[" in line:
            line = _UNSEEN.sub("", line)
            line = _IMAGE.sub(r"![\2](\1)", line)
            line = _LINK.sub(_link, line)
        if "<<" in line:
            line = _REFERENCE.sub(lambda found: found[1] or "", line)
        return line.removesuffix(" +")

    def _with_attributes(self, line: str) -> str:
        return _NAMED.sub(self._value, line)

    def _value(self, found: re.Match[str]) -> str:
        value = self._attributes.get(found[1])
        if value is None or self._filled > MOST_FILLED:
            return found[0]
        self._filled += len(value)
        return value


def _link(found: re.Match[str]) -> str:
    """`link:runbooks/db.adoc[the page,window=_blank]` as `[the page](runbooks/db.adoc)`."""
    words = found[2].partition(",window=")[0].removesuffix("^").strip('"')
    return f"[{words or found[1]}]({found[1]})"

"""A plan as its client printed it, from what mails, web pages and word processors made of the whole text.

Each step looks for its own signs and leaves other text alone. Lines keep their numbers, but for pages and mails, whose
lines are counted as they are shown.
"""

from __future__ import annotations

import binascii
import re
from itertools import islice

from app.evidence.patterns import lazy

LARGEST_MAIL = 4 * 1024 * 1024
MOST_PARTS = 50
_PART = lazy(
    r"(?m)(?:^(--[^\n]{1,200})\n)?^((?:[A-Z][\w-]{1,60}: [^\n]{0,2000}\n(?:[ \t][^\n]{0,2000}\n){0,20}){1,40})\n"
)
"""The headers of a mail or of a part of it, with the line that opens the part."""
_FIGURES = (
    "cost=", "actual ", "actual_rows", "query_block", "query_plan", "select_type", "SCAN ", "SEARCH ", "Plan",
)  # fmt: skip
_ENTITIES = ("-&gt;", "&nbsp;&nbsp;", "&lt;explain")
_TAGS = (
    "html", "head", "meta", "body", "table", "thead", "tbody", "tfoot", "caption", "colgroup", "col", "tr", "td", "th",
    "p", "div", "pre", "code", "br", "hr", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote",
)  # fmt: skip
_INLINE = (
    "span", "font", "b", "i", "em", "strong", "tt", "u", "a", "kbd", "samp", "small", "wbr", "o:p", "link",
)  # fmt: skip
_BLOCK = lazy(rf"</?(?:{'|'.join(_TAGS)})(?:\s[^<>]{{0,1000}}|/)?>", re.IGNORECASE)
_WITHIN = lazy(
    rf"</?(?:{'|'.join(_INLINE)})(?:\s[^<>]{{0,1000}}|/)?>|<!DOCTYPE[^<>]{{0,300}}>", re.IGNORECASE
)
_NEXT_CELL = lazy(r"</t[dh]>\s{0,200}<t[dh](?:\s[^<>]{0,1000})?>", re.IGNORECASE)
_BROKEN_CELL = lazy(r"<br ?/?>(?= {0,400}-(?:>|&gt;))")
_UNSEEN = (("<!--", "-->"), ("<style", "</style>"), ("<script", "</script>"), ("<title", "</title>"))
_ARROW = lazy(r"(?m)^([^A-Za-z\n]{0,400}?)(?:→|⇒|➔|–>|—>|à)(?=[ \u00a0]{1,4}[A-Z])")
_ELLIPSIS = lazy(r"(?<=[0-9])…(?=[0-9])")
_CODE = lazy(r"=(?:[0-9A-F]{2}|\n|$)")
_SIGN = lazy(r"=(?:3D|20|\n)")
_CODED = lazy(r"(?:=[0-9A-F]{2}){1,1000}")


def restored(text: str) -> str:
    """The text with line ends, arrows, points and signs as they were."""
    if "/" in text and len(text) <= LARGEST_MAIL and "\nContent-Type: text/" in text:
        text = _of_mail(text)
    if not any(map(text.__contains__, _FIGURES)):
        return text
    if _is_quoted_printable(text):
        text = _unquoted_printable(text)
    if "<" in text:
        text = _of_page(text)
    if "\\" in text and '\\"' in text and text.count('"') <= text.count('\\"') + 2:
        text = text.replace('\\"', '"')
    if "&" in text and _has_entities(text):
        text = _without_entities(text)
    return text if text.isascii() else _of_editor(text)


def _of_page(text: str) -> str:
    """Without the tags of a page, where there are any."""
    if "<pre" in text or (text.lstrip()[:1] == "<" and _BLOCK.search(text)):
        return _without_tags(text)
    return _BROKEN_CELL.sub("\n", text) if "<br" in text else text


def _of_editor(text: str) -> str:
    """With spaces, points and arrows as they were typed."""
    if "··" in text:
        text = text.replace("·", " ")
    return _ARROW.sub(r"\1->", _ELLIPSIS.sub("..", text))


def _has_entities(text: str) -> bool:
    """Signs of the plan itself are written as in a page; XML of a plan holds such signs by right."""
    is_escaped = '"' not in text and "&quot;" in text
    return "<explain" not in text and (is_escaped or any(map(text.__contains__, _ENTITIES)))


def _without_entities(text: str) -> str:
    from html import unescape  # most files have none of its two thousand names

    return unescape(text).replace("\u00a0", " ")


def _of_mail(text: str) -> str:
    """The words of a mail that was saved with its headers, as far down as they stood; rather plain than in HTML."""
    parts = list(islice(_PART.finditer(text), MOST_PARTS))
    for kind in ("content-type: text/plain", "content-type: text/html"):
        if (part := next((part for part in parts if kind in part[2].lower()), None)) is not None:
            return "\n" * text.count("\n", 0, part.end()) + _body(text, part)
    return text


def _body(text: str, part: re.Match[str]) -> str:
    """The lines below the headers of a part, up to the line that parts it from the next."""
    end = text.find(f"\n{part[1]}", part.end()) if part[1] else -1
    body, headers = text[part.end() : end if end >= 0 else len(text)], part[2].lower()
    if "transfer-encoding: quoted-printable" in headers:
        return _unquoted_printable(body)
    if "transfer-encoding: base64" not in headers:
        return body
    try:
        return binascii.a2b_base64(body.encode()).decode("utf-8", errors="replace").replace("\r\n", "\n")
    except binascii.Error:
        return body


def _is_quoted_printable(text: str) -> bool:
    """Most signs of equality are codes or break lines, and so is the last, which is quick to look at."""
    if _CODE.match(text, max(text.rfind("="), 0)) is None:
        return False
    return 2 * len(_SIGN.findall(text)) > text.count("=")


def _unquoted_printable(text: str) -> str:
    """Quoted-printable of mails: `=3D` is a sign, and `=` at the end of a line breaks it."""
    lines: list[str] = []
    pieces: list[str] = []
    for line in text.split("\n"):
        pieces.append(line.removesuffix("="))
        if not line.endswith("="):
            lines.append("".join(pieces))
            pieces = []
    return _CODED.sub(_decoded, "\n".join([*lines, "".join(pieces)] if pieces else lines))


def _decoded(found: re.Match[str]) -> str:
    return bytes.fromhex(found[0].replace("=", "")).decode("utf-8", errors="replace")


def _without_tags(text: str) -> str:
    """What a web page shows, one line for each block and cell; `<temporary>` of a plan is no tag."""
    for opened, closed in _UNSEEN:
        text = _without(text, opened, closed)
    text = _NEXT_CELL.sub("\t", _WITHIN.sub("", text))
    pieces = (piece for piece in _BLOCK.split(text) if piece.strip())
    return _without_entities("\n".join(map(_shown, pieces)))


def _shown(piece: str) -> str:
    """Without the line ends around it, which a page does not show; spaces before the first word may be a step's."""
    first, found, rest = piece.rstrip().partition("\n")
    return rest if found and not first.strip() else f"{first}{found}{rest}"


def _without(text: str, opened: str, closed: str) -> str:
    """Without what stands between the two, whose line ends stay."""
    lower, kept, at = text.lower(), [], 0
    while (start := lower.find(opened, at)) >= 0 and (end := lower.find(closed, start)) >= 0:
        kept.append(text[at:start] + "\n" * text.count("\n", start, end))
        at = end + len(closed)
    return "".join(kept) + text[at:] if kept else text

"""HTML as strings that know whether they are safe: text is escaped, what was built here is not escaped twice."""

from __future__ import annotations

from html import escape

_SPACES = "\n\t\u00a0\u2009\u202f"


class Html(str):
    """Markup made here."""

    __slots__ = ()


def tag(name: str, *content: str, **attributes: str | int | None) -> Html:
    """One element with a closing tag. `class_` stands for class; an attribute that is None or empty is left out."""
    words = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(clean(str(value)))}"'
        for key, value in attributes.items()
        if value not in (None, "")
    )
    return Html(f"<{name}{words}>{joined(*content)}</{name}>")


def joined(*content: str) -> Html:
    """Pieces one after the other; what is no markup is text."""
    return Html("".join(piece if isinstance(piece, Html) else escape(clean(piece)) for piece in content))


def clean(text: str) -> str:
    """What cannot be seen, turns the direction of text or steers a terminal stands as a lozenge."""
    return "".join(sign if sign.isprintable() or sign in _SPACES else "\ufffd" for sign in text)


def words(text: str) -> Html:
    """A sentence; what stands in backticks is code."""
    pieces = text.split("`")
    if len(pieces) % 2 == 0:
        return joined(text)
    return joined(*(tag("code", piece) if number % 2 else piece for number, piece in enumerate(pieces)))


def region(name: str, *content: str) -> Html:
    """What may be wider than the page scrolls inside a labelled region of its own."""
    return tag("div", *content, class_="table-region", role="region", tabindex=0, aria_label=name)


def mark(word: str, tone: str, sign: str) -> Html:
    """A state: a sign, a word and a colour, never a colour alone."""
    return tag("span", f"{sign} {word}", class_=f"tag {tone}")

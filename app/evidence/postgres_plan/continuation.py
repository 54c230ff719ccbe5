"""Small questions about one line: does it start something, and does it leave a quote open?"""

from __future__ import annotations


def is_labelled(text: str) -> bool:
    """True for `Some Label: value` of a version or extension not known here."""
    label, colon, _ = text.partition(": ")
    return (
        bool(colon)
        and len(label) <= 40
        and label[:1].isupper()
        and label.replace(" ", "").replace("-", "").isalnum()
    )


def open_quote(quote: str, text: str) -> str:
    """Which quote is open after `text`, when `quote` was open before it; a doubled quote closes and opens again."""
    at = 0
    while True:
        if quote:
            at = text.find(quote, at)
            if at < 0:
                return quote
            quote = ""
        else:
            found = [end for mark in ("'", '"') if (end := text.find(mark, at)) >= 0]
            if not found:
                return ""
            at = min(found)
            quote = text[at]
        at += 1

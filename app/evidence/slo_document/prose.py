"""What a page says in sentences for all its objectives: who owns them, what follows, where they are measured."""

from __future__ import annotations

import re
from collections.abc import Iterable

from app.evidence.slo_document.words import names_source

LONGEST, MOST = 600, 400
_SENTENCES = re.compile(r"(?<=[.;!?]) ")
_OWNER = re.compile(
    r"\b(?:owns?|owned by|(?:is|are) (?:responsible|accountable) for) [^.]{0,60}"
    r"\b(?:these|them|objectives?|SLOs?|this|the document|all|it)\b"
    r"|\bowners? (?:of|for) [^.]{1,40} (?:is|are) \w"
    r"|\b(?:these|objectives?|SLOs?|document|they) (?:is|are) owned by\b",
    re.IGNORECASE,
)
_SPENT = re.compile(
    r"\bbudgets?\b[^.]{0,60}\b(?:exhausted|spent|gone|empty|used up|runs? out|consumed|violated|overspent|blown)\b"
    r"|\b(?:exhaust|spend|exceed|use up|run out of|overspend|blow|burn through)\b[^.]{0,30}\bbudgets?\b",
    re.IGNORECASE,
)
_MEASURED = re.compile(r"\bmeasur(?:e|es|ed|ing|ements?)\b|\btaken from\b|\bcomputed from\b", re.IGNORECASE)


def shared(texts: Iterable[str]) -> dict[str, str]:
    """Owner, policy and source by the first sentence that says each."""
    found: dict[str, str] = {}
    for number, text in enumerate(texts):
        if number >= MOST:
            break
        for sentence in _SENTENCES.split(text[:4000]):
            said = sentence[:LONGEST]
            if _OWNER.search(said):
                found.setdefault("owner", said[:300])
            if _SPENT.search(said):
                found.setdefault("policy", said[:300])
            if _MEASURED.search(said) and names_source(said):
                found.setdefault("source", said[:300])
    return found

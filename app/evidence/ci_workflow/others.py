"""CI definitions that are known by their words and not followed: what waits for what is said in programs."""

from __future__ import annotations

import re

from app.evidence.patterns import lazy

LOOKED_AT = 16_000
_FORMS: tuple[tuple[str, tuple[re.Pattern[str], ...]], ...] = tuple(
    (name, tuple(lazy(mark, re.MULTILINE) for mark in marks))
    for name, marks in (
        ("Jenkins", (r"^[ \t]{0,4}pipeline[ \t]{0,4}\{", r"^[ \t]{1,12}(?:agent|stages)\b")),
        ("Jenkins", (r"^[ \t]{0,4}(?:node|podTemplate)\b[^\n{]{0,200}\{", r"^[ \t]{1,16}stage[ \t]{0,2}\(")),
        ("Travis CI", (r"^language:", r"^(?:script|jobs|matrix|before_install|install):")),
        ("Drone", (r"^kind: {1,4}pipeline", r"^type: {1,4}(?:docker|kubernetes|exec|ssh)")),
        (
            "Buildkite",
            (
                r"^steps:",
                r"^ {0,6}- (?:label|command|commands|wait|block|trigger)\b",
                r"^ {2,8}(?:key|command|depends_on|plugins|queue):|^ {0,6}- (?:wait|label):?",
            ),
        ),
        ("Tekton", (r"^apiVersion: {1,4}tekton\.dev/", r"^kind: {1,4}(?:Pipeline|PipelineRun|Task)\b")),
    )
)


def tool(head: str) -> str:
    """The tool a text is for, or nothing."""
    text = head[:LOOKED_AT]
    return next((name for name, marks in _FORMS if all(mark.search(text) for mark in marks)), "")

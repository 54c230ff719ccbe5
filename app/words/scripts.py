"""The sentences that pages' scripts say, and the table of them that a page in another language holds."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from app.words.catalogue import catalogue

FOLDER = Path(__file__).parents[2] / "static"
QUOTED = r'("(?:[^"\\\n]|\\.){1,400}")'
SCRIPT = re.compile(rf"(?<![\w.])(?:_\({QUOTED}|_n\([^\"()]{{1,60}}, {QUOTED}, {QUOTED})")


def in_scripts() -> Iterator[tuple[str, str | None]]:
    """Every marked sentence with its plural, if it has one."""
    for path in [FOLDER / "portal.js", *sorted((FOLDER / "js").glob("*.js"))]:
        for found in SCRIPT.finditer(path.read_text("utf-8")):
            one, many = found[1] or found[2], found[3]
            yield json.loads(one), json.loads(many) if many else None


@cache
def table(code: str) -> str:
    """The table of a language as JSON."""
    words = catalogue(code)
    texts = {one: words.forms(one, many) if many else (words.text(one),) for one, many in in_scripts()}
    forms = [words.which(count) for count in range(200)]
    return json.dumps({"forms": forms, "texts": texts}, ensure_ascii=False, separators=(",", ":"))

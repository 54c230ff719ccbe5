"""`python -m app.words update`: bring the catalogues in line with the sentences; `check`: say what is amiss."""

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from app.words import po
from app.words.catalogue import FOLDER, LANGUAGES, PLURAL_FORMS
from app.words.extract import phrases_of_checks, said_by_checks, sentences
from app.words.retelling import fields

PLACEHOLDER = re.compile(r"%\((\w{1,40})\)s")
CODE = re.compile(r"`[^`]{1,300}`")
TAG = re.compile(r"</?[a-z][a-z0-9]{0,20}")
CODES = [code for code in LANGUAGES if code != "en"]


def main() -> int:
    """Update or check every catalogue; the exit is 1 when a check found something."""
    if sys.argv[1:] == ["update"]:
        for code in CODES:
            update(code)
        return 0
    if sys.argv[1:] != ["check"]:
        print(__doc__)
        return 2
    amiss = [line for code in CODES for line in check(code)]
    print("\n".join(amiss) or "Every catalogue is complete.")
    return 1 if amiss else 0


def update(code: str) -> None:
    """Add what is new, untranslated, and drop what nothing says any more."""
    for path, marked in _files(code):
        header, known = _known(path)
        forms = _forms(header)
        kept = []
        for one, many in marked.items():
            old = known.get(one)
            said = (
                old.said if old and (old.many is None) == (many is None) else ("",) * (forms if many else 1)
            )
            kept.append(po.Entry(one, many, said, old.comments if old else (), old.fuzzy if old else False))
        path.write_text(po.write(header, kept), "utf-8")


def check(code: str) -> Iterator[str]:
    """A line for each sentence that is missing, unsure, superfluous, or whose placeholders or tags differ."""
    for path, marked in _files(code):
        header, known = _known(path)
        for one, many in marked.items():
            entry = known.get(one)
            if entry is None or not all(entry.said) or (entry.many is None) != (many is None):
                yield f"{code}: not translated: {one}"
                continue
            amiss = _told_amiss(entry) if "." in path.stem else _amiss(entry, forms=_forms(header))
            yield from (f"{code}: {words}: {one}" for words in amiss)
        yield from (f"{code}: nothing says this any more: {one}" for one in known.keys() - marked.keys())


def _files(code: str) -> Iterator[tuple[Path, Mapping[str, str | None]]]:
    """A language's catalogues, each with the sentences it has to hold."""
    yield FOLDER / f"{code}.po", sentences()
    yield FOLDER / f"{code}.checks.po", dict.fromkeys(said_by_checks())
    yield FOLDER / f"{code}.phrases.po", dict.fromkeys(phrases_of_checks())


def _told_amiss(entry: po.Entry) -> Iterator[str]:
    """What is wrong with the translation of a text of the checks."""
    if entry.fuzzy:
        yield "marked as unsure"
    try:
        if fields(entry.one) != fields(entry.said[0]):
            yield "its fields differ"
    except ValueError:
        yield "its braces do not fit"
    if sorted(CODE.findall(entry.one)) != sorted(CODE.findall(entry.said[0])):
        yield "what stands between backticks differs"


def _amiss(entry: po.Entry, *, forms: int) -> Iterator[str]:
    if entry.fuzzy:
        yield "marked as unsure"
    if entry.many is not None and len(entry.said) != forms:
        yield f"needs {forms} plural forms"
    allowed = set(PLACEHOLDER.findall(entry.one + (entry.many or "")))
    tags = [sorted(TAG.findall(text)) for text in (entry.one, entry.many) if text is not None]
    for said in entry.said:
        used = set(PLACEHOLDER.findall(said))
        if used - allowed or (entry.many is None and used != allowed):
            yield "its placeholders differ"
        if allowed and re.search(r"%(?!%|\(\w+\)s)", said.replace("%%", "")):
            yield "a percent sign beside placeholders is written twice"
        if sorted(TAG.findall(said)) not in tags:
            yield "its HTML tags differ"


def _known(path: Path) -> tuple[str, dict[str, po.Entry]]:
    entries = po.read(path.read_text("utf-8"))
    header = next(entry for entry in entries if not entry.one)
    return header.said[0], {entry.one: entry for entry in entries if entry.one}


def _forms(header: str) -> int:
    found = PLURAL_FORMS.search(header)
    return int(found[1]) if found else 2


if __name__ == "__main__":
    sys.exit(main())

"""File names: fit to show and to save under, and, while reviews are blind, without the name of whose file it is."""

import re
import unicodedata

LONGEST_NAME = 200
WORD = re.compile(r"[^\W\d_]+")
SHORTEST = 3
STAND_IN = "author"
AGAIN = re.compile(rf"{STAND_IN}(?:[^\w/]|_){{0,2}}(?={STAND_IN})")


def without_name(file_name: str, person_name: str) -> str:
    """`file_name` with every word of `person_name` replaced, also where two of them are written as one.

    Words under three letters stay: too many file names hold them by chance. So does the ending.
    """
    parts = {word.casefold() for word in WORD.findall(person_name) if len(word) >= SHORTEST}
    longest_first = sorted(parts, key=lambda part: (-len(part), part))
    stem, dot, ending = file_name.rpartition(".")
    if not stem:
        stem, dot, ending = file_name, "", ""

    def unnamed(found: re.Match[str]) -> str:
        rest = found[0].casefold()
        for part in longest_first:
            rest = rest.replace(part, "")
        return found[0] if rest else STAND_IN

    return AGAIN.sub("", WORD.sub(unnamed, stem)) + dot + ending


def clean_name(name: str) -> str:
    """A file name fit to show and to save under: no folders, no control or direction signs, never empty."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").split("/")[-1]
    kept = "".join(sign for sign in last if unicodedata.category(sign)[0] not in "CZ" or sign == " ").strip(
        " ."
    )
    if len(kept) <= LONGEST_NAME:
        return kept or "evidence"
    stem, dot, ending = kept.rpartition(".")
    return f"{stem[: LONGEST_NAME - 13]}….{ending}" if dot and len(ending) <= 10 else kept[:LONGEST_NAME]


def clean_path(path: str) -> str:
    """A name that keeps the folders it has in an archive, the last of them when it is long."""
    kept = "/".join(clean_name(step) for step in path.split("/") if step.strip())
    return clean_name(path) if len(kept) > LONGEST_NAME or not kept else kept

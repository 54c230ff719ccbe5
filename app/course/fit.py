"""The fit check: a visitor's four answers put into the course's question for any AI chat."""

import re

from app.course.tables import Folder
from app.course.vocabulary import FIT_BLANKS

BLANK = re.compile(r"\{([a-z_]*)\}")
NOT_GIVEN = "not given"


def fit_question(template: str, *, product: str, traffic: str, stack: str, bottleneck: str) -> str:
    """The question with its blanks filled in one pass: braces in an answer stay what the visitor typed."""
    answers = {"product": product, "traffic": traffic, "stack": stack, "bottleneck": bottleneck}
    return BLANK.sub(lambda blank: answers[blank.group(1)].strip() or NOT_GIVEN, template)


def report_blanks(folder: Folder, name: str, template: str) -> None:
    """Report every blank nobody fills, and every answer that has no blank."""
    if not template:
        return
    for blank in BLANK.finditer(template):
        if blank.group(1) not in FIT_BLANKS:
            line = template[: blank.start()].count("\n") + 1
            folder.report(name, line, f"{blank.group()} is not a blank; there are: {_written(FIT_BLANKS)}.")
    missing = [word for word in FIT_BLANKS if f"{{{word}}}" not in template]
    if missing:
        folder.report(name, 1, f"The question leaves out {_written(missing)}.")


def _written(blanks: tuple[str, ...] | list[str]) -> str:
    return ", ".join(f"{{{blank}}}" for blank in blanks)

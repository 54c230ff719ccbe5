"""What the verdicts are called, and what each means for its learner."""

from collections.abc import Iterable, Mapping

from app.domain.reviews import Verdict
from app.words import _

VERDICT_TITLES = {
    Verdict.PASS: _("Passed"),
    Verdict.NEEDS_CHANGES: _("Needs changes"),
    Verdict.NOT_PASSED: _("Not passed"),
}
VERDICT_EFFECTS = {
    Verdict.PASS: _("Passed"),
    Verdict.NEEDS_CHANGES: _("Needs changes: the next version opens with everything carried over"),
    Verdict.NOT_PASSED: _("Not passed: changes could not mend it"),
}


def choices(
    verdicts: Iterable[Verdict], words: Mapping[Verdict, str] = VERDICT_TITLES
) -> list[tuple[str, str]]:
    """The verdicts as the options of a form: value and words."""
    return [(verdict.value, words[verdict]) for verdict in verdicts]

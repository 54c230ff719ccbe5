"""Calibration: a reviewer rates example work whose rating is known, and sees both side by side.

The rule stands in the course file. An attempt passes when

    no criterion is more than `most_apart` levels away from the known one,
    at most `most_different` criteria differ at all, and
    the pass rule of the rubric gives the same outcome.

Nothing is lost by an attempt that does not pass: it can be repeated at once, as often as one likes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.course.values import Calibration, Pack, Rubric
from app.domain import rubric as rules
from app.domain.errors import Invalid
from app.words import _


@dataclass(frozen=True, slots=True)
class Compared:
    """How far a rating lies from the known one."""

    different: int
    furthest: int
    is_same_outcome: bool
    is_passed: bool


def known_levels(pack: Pack) -> dict[str, str]:
    """The known level of each criterion."""
    return {each.criterion: each.level for each in pack.levels}


def compare(rubric: Rubric, pack: Pack, chosen: Mapping[str, str], rule: Calibration) -> Compared:
    """Hold a complete rating beside the known one; Invalid names the criteria that have no level of theirs."""
    criteria, known = rules.criteria_of(rubric), known_levels(pack)
    require_complete(criteria, chosen)
    apart = [
        abs(each.level(chosen[each.key]).position - each.level(known[each.key]).position) for each in criteria
    ]
    outcomes = {
        rules.outcome(criteria, levels, threshold=rubric.threshold).met for levels in (known, dict(chosen))
    }
    different, furthest = sum(distance > 0 for distance in apart), max(apart)
    is_same = len(outcomes) == 1
    return Compared(
        different=different,
        furthest=furthest,
        is_same_outcome=is_same,
        is_passed=furthest <= rule.most_apart and different <= rule.most_different and is_same,
    )


def require_complete(criteria: Sequence[rules.Criterion], chosen: Mapping[str, str]) -> None:
    """Refuse a rating in which a criterion has no level, or one that is not its own."""
    errors = {
        f"level-{each.key}": _("Choose one of the levels of this criterion.")
        for each in criteria
        if chosen.get(each.key) not in {level.key for level in each.levels}
    }
    if errors:
        raise Invalid(errors)

"""The explicit rule that turns levels into an outcome.

A submission passes when every must-pass criterion is at or above its pass level and the points add up to the
threshold. When the rule is met the verdict is *pass*; when it is not, the reviewer says whether changes could
mend it (*needs changes*) or not (*not passed*).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.course.values import Rubric
from app.domain.errors import Invalid
from app.domain.reviews import Verdict
from app.words import _, joined


@dataclass(frozen=True, slots=True)
class Level:
    key: str
    label: str
    points: int
    position: int


@dataclass(frozen=True, slots=True)
class Criterion:
    key: str
    title: str
    must_pass: bool
    pass_level: str | None
    levels: tuple[Level, ...]

    def level(self, key: str) -> Level:
        """The level of that key; KeyError when this criterion has none such."""
        return next((level for level in self.levels if level.key == key), None) or _no_level(key)

    def is_met(self, key: str) -> bool:
        """Whether that level is at or above the pass level; a criterion without one is always met."""
        return self.pass_level is None or self.level(key).position >= self.level(self.pass_level).position


def stands(criterion: Criterion, key: str) -> bool:
    """Whether that level need not be looked at again in the next round: its pass level reached, or full points."""
    if criterion.pass_level is not None:
        return criterion.is_met(key)
    return criterion.level(key).points == max(level.points for level in criterion.levels)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the rule says: points reached and possible, criteria not rated yet, and must-pass ones that fall short."""

    points: int
    possible: int
    threshold: int
    unrated: tuple[str, ...]
    short: tuple[str, ...]

    @property
    def complete(self) -> bool:
        return not self.unrated

    @property
    def met(self) -> bool:
        return self.complete and not self.short and self.points >= self.threshold

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The verdicts the rule leaves open."""
        if not self.complete:
            return ()
        return (Verdict.PASS,) if self.met else (Verdict.NEEDS_CHANGES, Verdict.NOT_PASSED)


def criteria_of(rubric: Rubric) -> tuple[Criterion, ...]:
    """The criteria as they stand in a file or were published, as the pass rule takes them."""
    return tuple(
        Criterion(
            key=each.key,
            title=each.title,
            must_pass=each.must_pass,
            pass_level=each.pass_level,
            levels=tuple(
                Level(level.key, level.label, level.points, place)
                for place, level in enumerate(each.levels, start=1)
            ),
        )
        for each in rubric.criteria
    )


def outcome(criteria: Sequence[Criterion], chosen: Mapping[str, str], *, threshold: int) -> Outcome:
    """Apply the rule to the chosen levels (criterion key -> level key)."""
    rated = [criterion for criterion in criteria if criterion.key in chosen]
    return Outcome(
        points=sum(criterion.level(chosen[criterion.key]).points for criterion in rated),
        possible=sum(max(level.points for level in criterion.levels) for criterion in criteria),
        threshold=threshold,
        unrated=tuple(criterion.title for criterion in criteria if criterion.key not in chosen),
        short=tuple(c.title for c in rated if c.must_pass and not c.is_met(chosen[c.key])),
    )


def require_verdict(outcome: Outcome, verdict: Verdict) -> None:
    """Refuse a verdict that the rule does not allow, saying exactly why."""
    if outcome.unrated:
        raise Invalid(
            {
                "verdict": _(
                    "Rate every criterion first. Not rated yet: %(names)s.", names=", ".join(outcome.unrated)
                )
            }
        )
    if verdict in outcome.verdicts:
        return
    if outcome.met:
        raise Invalid({"verdict": _("By the rubric this work passes. Lower a level if it should not.")})
    reasons = [_("%(title)s is below its pass level", title=title) for title in outcome.short]
    if outcome.points < outcome.threshold:
        reasons.append(
            _(
                "%(points)s of the %(threshold)s points needed",
                points=outcome.points,
                threshold=outcome.threshold,
            )
        )
    raise Invalid(
        {
            "verdict": _(
                "By the rubric this work does not pass: %(reasons)s.", reasons=joined(reasons, between="; ")
            )
        }
    )


def _no_level(key: str) -> Level:
    raise KeyError(key)

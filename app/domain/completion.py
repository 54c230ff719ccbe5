"""Progress and "what is still missing for the certificate": one pure function that every page and rule uses."""

from collections.abc import Collection
from dataclasses import dataclass

from app.course import Course
from app.words import _n


@dataclass(frozen=True, slots=True)
class ModuleProgress:
    """Moves done and required in one module; complete when every required one is. `total` counts the optional too."""

    slug: str
    number: int
    title: str
    done: int
    total: int
    optional: int
    required_left: int

    @property
    def complete(self) -> bool:
        return self.required_left == 0

    @property
    def left(self) -> str:
        """How many of the moves that count are not ticked yet, in words."""
        return _n(
            "Module %(number)s, %(title)s: %(count)s required move left",
            "Module %(number)s, %(title)s: %(count)s required moves left",
            self.required_left,
            number=self.number,
            title=self.title,
        )


@dataclass(frozen=True, slots=True)
class Progress:
    modules: tuple[ModuleProgress, ...]
    passed: tuple[str, ...]
    required_capstones: int
    missing: tuple[str, ...]

    @property
    def modules_done(self) -> int:
        return sum(module.complete for module in self.modules)

    @property
    def modules_complete(self) -> bool:
        return all(module.complete for module in self.modules)

    @property
    def complete(self) -> bool:
        """Whether the certificate is earned."""
        return not self.missing


def progress(course: Course, *, moves: Collection[tuple[str, str]], passed: Collection[str]) -> Progress:
    """What is done and what is missing, from ticked moves (module slug, move key) and passed capstone slugs.

    Ticks and passes that the course no longer knows are ignored, so that a new course version cannot
    complete anybody by accident.
    """
    ticked = set(moves)
    modules = tuple(
        ModuleProgress(
            slug=module.slug,
            number=module.number,
            title=module.title,
            done=sum((module.slug, move.key) in ticked for move in module.moves),
            total=len(module.moves),
            optional=sum(not move.required for move in module.moves),
            required_left=sum(
                move.required and (module.slug, move.key) not in ticked for move in module.moves
            ),
        )
        for module in course.modules
    )
    known = tuple(capstone.slug for capstone in course.capstones if capstone.slug in set(passed))
    return Progress(modules, known, course.required_capstones, _missing(modules, len(known), course))


def _missing(modules: tuple[ModuleProgress, ...], passed: int, course: Course) -> tuple[str, ...]:
    lines = [module.left for module in modules if not module.complete]
    if (left := course.required_capstones - passed) > 0:
        lines.append(
            _n(
                "%(count)s more capstone rated as passing (%(passed)s of %(needed)s so far)",
                "%(count)s more capstones rated as passing (%(passed)s of %(needed)s so far)",
                left,
                passed=passed,
                needed=course.required_capstones,
            )
        )
    return tuple(lines)

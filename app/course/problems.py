"""What is wrong with a course folder: a file, a line, a sentence; all of it in one go."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake; `file` is relative to the course folder, `line` counts from 1, `where` is the path of its key."""

    file: str
    line: int
    message: str
    where: tuple[str | int, ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class CourseInvalid(Exception):
    """The course folder cannot be used; `problems` names every mistake, ordered by file and line."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems

"""The course as frozen values in the words of its files; Markdown stays source until a page renders it."""

from dataclasses import dataclass

from app.course.vocabulary import WORDS


@dataclass(frozen=True, slots=True)
class Reference:
    """One book chapter, paper or war story; `part` is the chapter, `note` says why to read it now."""

    author: str
    title: str
    part: str
    note: str
    url: str
    required: bool


@dataclass(frozen=True, slots=True)
class Move:
    """One concrete thing to do; `look_at` names the number that says it worked."""

    key: str
    title: str
    body: str
    look_at: str
    required: bool


@dataclass(frozen=True, slots=True)
class Module:
    """One stage of the service: what breaks there, and the moves in the order to make them."""

    slug: str
    number: int
    title: str
    milestone: str
    breaks: str
    intro: str
    moves: tuple[Move, ...]
    references: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for evidence: the file wanted, the command that makes it, what the machine checks."""

    key: str
    title: str
    hint: str
    kinds: tuple[str, ...]
    command: str
    example: str
    checked: str
    required: bool
    many: bool


@dataclass(frozen=True, slots=True)
class ClaimDef:
    """A number (or words) the learner types once; it is recomputed from the files in `slot`.

    `also` names the other slots for which the same is claimed: the load of a run before and after a change.
    """

    key: str
    label: str
    metric: str
    unit: str
    slot: str
    side: str
    layer: str
    better: str
    required: bool
    hint: str
    also: tuple[str, ...] = ()

    @property
    def is_text(self) -> bool:
        return self.unit in WORDS


@dataclass(frozen=True, slots=True)
class Level:
    """What a reviewer sees in the work when it earns `points`."""

    key: str
    label: str
    points: int
    description: str


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of the rubric; levels rise from the first to the last."""

    key: str
    title: str
    description: str
    reviewer_note: str
    must_pass: bool
    pass_level: str | None
    levels: tuple[Level, ...]
    bears_on: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rubric:
    """Passed when every must-pass criterion reaches its pass level and the total reaches `threshold`."""

    criteria: tuple[Criterion, ...]
    threshold: int
    content_hash: str
    structure_hash: str


@dataclass(frozen=True, slots=True)
class Capstone:
    """One project: its brief, the evidence it wants, the numbers it claims, the rubric that rates it."""

    slug: str
    number: int
    title: str
    summary: str
    brief: str
    slots: tuple[Slot, ...]
    claims: tuple[ClaimDef, ...]
    rubric: Rubric


@dataclass(frozen=True, slots=True)
class Texts:
    """Sentences of the public pages that another operator words differently."""

    for_whom: str
    not_for: str
    access: str
    certificate: str


@dataclass(frozen=True, slots=True)
class Course:
    """Everything in the course folder, checked; `content_hash` names exactly this text."""

    slug: str
    title: str
    summary: str
    version: str
    content_hash: str
    required_capstones: int
    decision_days: int
    texts: Texts
    modules: tuple[Module, ...]
    capstones: tuple[Capstone, ...]
    fit_check: str

    def module(self, slug: str) -> Module:
        """The module of that slug; KeyError when the course has none."""
        return {module.slug: module for module in self.modules}[slug]

    def capstone(self, slug: str) -> Capstone:
        """The capstone of that slug; KeyError when the course has none."""
        return {capstone.slug: capstone for capstone in self.capstones}[slug]

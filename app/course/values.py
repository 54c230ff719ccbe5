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


OWN_SLOTS = ("package", "unplaced")
"""Keys the portal keeps for itself: where archives stay, and where their files wait for a slot."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for evidence: the file wanted, the command that makes it, what the machine checks.

    `before` names the slot that holds the same recording from before the change, when claims do not say so.
    """

    key: str
    title: str
    hint: str
    kinds: tuple[str, ...]
    command: str
    example: str
    checked: str
    required: bool
    many: bool
    before: str = ""


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
class PackFile:
    """One evidence file of an example, as text."""

    slot: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class KnownLevel:
    """The level that the example is known to deserve on one criterion, and why."""

    criterion: str
    level: str
    reason: str


@dataclass(frozen=True, slots=True)
class Pack:
    """Example work that reviewers rate before their first real one."""

    key: str
    title: str
    summary: str
    files: tuple[PackFile, ...]
    levels: tuple[KnownLevel, ...]


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment on one criterion that every reviewer finds on the desk; places such as `{claimed}` are filled in."""

    criterion: str
    body: str


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
    second_reader: bool = False
    packs: tuple[Pack, ...] = ()
    comments: tuple[Comment, ...] = ()

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The slots that belong together as (before, after): two claims of one metric and layer say so, or a slot."""
        sides: dict[tuple[str, str], dict[str, str]] = {}
        for claim in self.claims:
            if claim.side:
                sides.setdefault((claim.metric, claim.layer), {})[claim.side] = claim.slot
        claimed = [(both["before"], both["after"]) for both in sides.values() if len(both) == 2]
        named = [(slot.before, slot.key) for slot in self.slots if slot.before]
        return tuple(dict.fromkeys(pair for pair in claimed + named if pair[0] != pair[1]))


@dataclass(frozen=True, slots=True)
class Texts:
    """Sentences of the public pages that another operator words differently."""

    for_whom: str
    not_for: str
    access: str
    certificate: str


@dataclass(frozen=True, slots=True)
class Reviewing:
    """How this course has its work rated.

    `blind`: reviewers see a label until the release. `second_reader`: a colleague reads every decision before it.
    `blind_reading_every`: one rated version in so many is rated again by somebody who has not seen the rating; 0: none.
    """

    blind: bool = True
    second_reader: bool = False
    blind_reading_every: int = 0


@dataclass(frozen=True, slots=True)
class Calibration:
    """When a rating of an example counts as calibrated, and whether a first claim waits for it.

    `most_apart`: levels that any criterion may be away from the known one; `most_different`: criteria that may differ.
    """

    required: bool = True
    most_apart: int = 1
    most_different: int = 2


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
    reviewing: Reviewing
    calibration: Calibration
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

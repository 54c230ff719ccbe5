"""demo/cast.toml as values: people, packs of evidence, and what has been done with them."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Character:
    id: str
    name: str
    roles: tuple[str, ...] = ()
    request: str = ""
    modules: int = 0
    calibrated: bool = False
    note: str = ""

    @property
    def email(self) -> str:
        return f"{self.id}@demo.example"


@dataclass(frozen=True, slots=True)
class Pack:
    """Evidence by slot. `claims` as they are typed; without them what was measured, times `wrong`, then `also`."""

    capstone: str
    files: dict[str, list[str]]
    claims: dict[str, str] = field(default_factory=dict)
    wrong: dict[str, float] = field(default_factory=dict)
    also: dict[str, str] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    who: str
    pack: str
    days: int
    then: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cast:
    folder: Path
    course: str
    people: tuple[Character, ...]
    packs: dict[str, Pack]
    works: tuple[Work, ...]
    notes: tuple[dict[str, str], ...]


def read_cast(folder: Path) -> Cast:
    """The whole cast; a file that a pack names and that is not there is an error now, not in the middle."""
    read = tomllib.loads((folder / "cast.toml").read_text(encoding="utf-8"))
    packs = {name: Pack(**pack) for name, pack in read["packs"].items()}
    for name in {file for pack in packs.values() for files in pack.files.values() for file in files}:
        if not (folder / "evidence" / name).exists():
            raise FileNotFoundError(f"demo/evidence/{name} is missing.")
    people = tuple(Character(**row | {"roles": tuple(row.get("roles", ()))}) for row in read["person"])
    works = tuple(Work(row["who"], row["pack"], row["days"], tuple(row["then"])) for row in read["work"])
    return Cast(folder, read["course"], people, packs, works, tuple(read["note"]))

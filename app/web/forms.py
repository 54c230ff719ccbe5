"""Reads what was typed and collects every mistake, so that one answer names them all."""

from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from werkzeug.datastructures import MultiDict

from app.domain.claims import Unclear, read_number
from app.domain.errors import Invalid
from app.words import _, grouped

Choice = TypeVar("Choice", bound=StrEnum)

THIS = _("This")


class Form:
    """The values as typed, and one sentence for each field that does not fit."""

    def __init__(self, values: "MultiDict[str, str] | None" = None) -> None:
        self.values: MultiDict[str, str] = values if values is not None else MultiDict()
        self.errors: dict[str, str] = {}

    def value(self, name: str) -> str:
        """What was typed, for showing it again."""
        return self.values.get(name, "")

    def fail(self, name: str, sentence: str) -> None:
        self.errors.setdefault(name, sentence)

    def plain(self, name: str) -> str:
        """Text without the blanks around it and without NUL; line ends as `\\n`."""
        return self.value(name).replace("\r\n", "\n").replace("\x00", "").strip()

    def under(self, prefix: str) -> dict[str, str]:
        """The text of each field whose name begins so, by the rest of its name; those left empty are not in it."""
        typed = {
            name.removeprefix(prefix): self.plain(name) for name in self.values if name.startswith(prefix)
        }
        return {name: text for name, text in typed.items() if text}

    def text(self, name: str, *, longest: int, shortest: int = 0, label: str = THIS) -> str:
        """What `plain` gives, with an error when it is too long or too short. Lengths in characters."""
        typed = self.plain(name)
        if len(typed) > longest:
            self.fail(
                name,
                _(
                    "%(label)s may have at most %(longest)s characters; it has %(typed)s.",
                    label=label,
                    longest=grouped(longest),
                    typed=grouped(len(typed)),
                ),
            )
        elif len(typed) < shortest:
            self.fail(
                name,
                _(
                    "%(label)s needs at least %(shortest)s characters; it has %(typed)s.",
                    label=label,
                    shortest=grouped(shortest),
                    typed=grouped(len(typed)),
                ),
            )
        return typed

    def choice(self, name: str, kind: type[Choice], *, label: str = THIS) -> Choice | None:
        """One of the words of `kind`; None together with an error when none was chosen."""
        try:
            return kind(self.value(name))
        except ValueError:
            self.fail(name, _("Choose one of the answers for %(label)s.", label=label))
            return None

    def number(self, name: str, *, label: str = THIS) -> float | None:
        """A number as people type it, with a decimal point or comma; None when nothing was typed."""
        try:
            return read_number(self.value(name))
        except Unclear as unclear:
            self.fail(name, _("%(label)s: %(unclear)s", label=label, unclear=unclear.args[0]))
            return None

    def checked(self, name: str) -> bool:
        return self.value(name) in {"on", "1", "yes", "true"}

    def uuid(self, name: str) -> UUID | None:
        found = read_uuid(self.value(name))
        if found is None:
            self.fail(name, _("This page is out of date. Open it again."))
        return found

    def done(self) -> None:
        """Raise Invalid with everything that was found."""
        if self.errors:
            raise Invalid(self.errors)


def read_uuid(text: str) -> UUID | None:
    """The id that was typed or chosen; None when it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None

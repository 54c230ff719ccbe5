"""What can go wrong, as sentences a person can act on. `web.errors` gives each class its status."""

from collections.abc import Mapping

from app.words import _, joined


class Refused(Exception):
    """The portal will not do this; the message says why and what to do instead."""

    @property
    def sentence(self) -> str:
        """The message as a page shows it, which `str()` would fix to English."""
        return self.args[0] if self.args else ""


class NotFound(Refused):
    """No such thing for this person: absent and foreign look the same."""

    def __init__(self, message: str = _("There is nothing here that you can open.")) -> None:
        super().__init__(message)


class Forbidden(Refused):
    """This person may see it, and may not do this to it."""


class Invalid(Refused):
    """Something typed does not fit: one sentence for each field, by its name."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(joined(errors.values()))
        self.errors = dict(errors)


class Conflict(Refused):
    """The thing has moved on since the page was made; nothing was changed."""


class Stale(Conflict):
    """A draft was saved from elsewhere. Carries the saved text, so that both can be shown."""

    def __init__(self, message: str, *, tag: int, theirs: Mapping[str, str]) -> None:
        super().__init__(message)
        self.tag = tag
        self.theirs = dict(theirs)


class Paused(Refused):
    """An admin has paused this part of the portal, with a message."""


class Unavailable(Refused):
    """A part we rely on does not answer; what was typed is kept."""


def require(allowed: bool, message: str) -> None:
    """Refuse with `message` unless `allowed`."""
    if not allowed:
        raise Forbidden(message)

"""A slot that is being read asks again, slower and slower; without news, the line that asks is all that changes."""

from dataclasses import dataclass

from flask import Response, request

from app.queries.evidence import SlotCard
from app.queries.work import Work
from app.web.pages import page

FIRST, LONGEST = 250, 8000
"""Milliseconds between two polls; a small file has been read after the first."""
LATE, LAST = 30_000, 900_000
"""Milliseconds of waiting after which that is said to be unusual, and after which nothing asks any more."""


@dataclass(frozen=True, slots=True)
class Poll:
    """When a page asks next and how long it has waited until now, in milliseconds."""

    wait: int = FIRST
    waited: int = 0

    @property
    def is_late(self) -> bool:
        return self.waited >= LATE

    @property
    def is_over(self) -> bool:
        return self.waited >= LAST

    def after(self) -> "Poll":
        """The poll after this one."""
        return Poll(min(2 * self.wait, LONGEST), self.waited + self.wait)


FIRST_POLL = Poll()


def asked() -> Poll:
    """The poll that the request at hand is."""
    wait, waited = (request.args.get(name, 0, type=int) for name in ("wait", "waited"))
    return Poll(max(wait, FIRST), max(waited, 0))


def without_news(work: Work, card: SlotCard) -> Response | None:
    """The line that asks again, while as many files are being read as the asker knows of; else nothing."""
    waits = work.is_draft and card.is_moving and not work.checks_paused
    if not waits or card.unread != request.args.get("unread", type=int):
        return None
    response = page("submissions/slot_waiting.html", work=work, card=card, poll=asked().after())
    response.headers["HX-Retarget"] = f"#slot-{card.slot.key} .waiting"
    return response

"""A slot that is being read asks again, slower and slower; without news, the line that asks is all that changes."""

from flask import Response, request

from app.queries.evidence import SlotCard
from app.queries.work import Work
from app.web.pages import page

FIRST, LONGEST = 250, 8000
"""Milliseconds; a small file has been read after the first."""


def asked() -> int:
    """After how many milliseconds the request at hand asks."""
    return request.args.get("wait", FIRST, type=int)


def longer(asked: int) -> int:
    """The milliseconds until the next poll, after one that came `asked` milliseconds after the last."""
    return min(2 * max(asked, FIRST // 2), LONGEST)


def without_news(work: Work, card: SlotCard) -> Response | None:
    """The line that asks again, while as many files are being read as the asker knows of; else nothing."""
    waits = work.is_draft and card.is_moving and not work.checks_paused
    if not waits or card.unread != request.args.get("unread", type=int):
        return None
    response = page("submissions/slot_waiting.html", work=work, card=card, wait=longer(asked()))
    response.headers["HX-Retarget"] = f"#slot-{card.slot.key} .waiting"
    return response

"""What the script that saves drafts is answered when not all could be kept."""

from flask import Response, jsonify

from app.domain.errors import Invalid, Stale
from app.services import claims
from app.words import _n, spoken


def stale(stale: Stale) -> Response:
    response = jsonify(tag=stale.tag, fields=stale.theirs, by="")
    response.status_code = 409
    return response


def unread(kept: claims.Kept) -> Response:
    """The first box that cannot be read and how many there are; the others are kept under the new tag."""
    first, count = next(iter(kept.unread.values())), len(kept.unread)
    message = _n("%(first)s", "%(count)s boxes, the first: %(first)s", count, count=count, first=first)
    response = jsonify(
        message=spoken(message),
        tag=kept.tag,
        fields={key: spoken(words) for key, words in kept.unread.items()},
    )
    response.status_code = 422
    return response


def unprocessable(invalid: Invalid) -> Response:
    response = jsonify(message=spoken(invalid.sentence), fields=invalid.spoken)
    response.status_code = 422
    return response

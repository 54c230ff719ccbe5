"""The parts of the portal an admin can pause, each on its own, with a message for those who wait."""

from enum import StrEnum

from app.words import _


class Switch(StrEnum):
    APPLICATIONS = "applications"
    UPLOADS = "uploads"
    CHECKS = "checks"
    REVIEWS = "reviews"
    CERTIFICATES = "certificates"


EFFECT = {
    Switch.APPLICATIONS: _("Nobody can send a new request for access; decisions and replies go on."),
    Switch.UPLOADS: _("No new evidence is accepted and nothing can be sent to review; drafts stay readable."),
    Switch.CHECKS: _(
        "Uploaded files wait unread; people can still send, and reviewers see that checks are paused."
    ),
    Switch.REVIEWS: _("Nobody can claim work; reviews already claimed can be finished."),
    Switch.CERTIFICATES: _(
        "Nothing is issued; whoever becomes entitled receives theirs when it is switched on again."
    ),
}

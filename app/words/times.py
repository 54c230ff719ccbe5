"""Days and moments as the reader's language writes them."""

from datetime import date, datetime

from app.words import _, spoken

MONTHS = (
    _("Jan"),
    _("Feb"),
    _("Mar"),
    _("Apr"),
    _("May"),
    _("Jun"),
    _("Jul"),
    _("Aug"),
    _("Sep"),
    _("Oct"),
    _("Nov"),
    _("Dec"),
)


def day(when: date) -> str:
    """22 Nov 2026."""
    return spoken(_("%(day)s %(month)s %(year)s", day=when.day, month=MONTHS[when.month - 1], year=when.year))


def moment(when: datetime) -> str:
    """22 Nov 2026, 14:03 UTC."""
    return spoken(_("%(day)s, %(clock)s UTC", day=day(when), clock=when.strftime("%H:%M")))

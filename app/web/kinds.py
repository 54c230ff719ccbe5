"""What kinds of evidence are called, in the reader's language."""

from app.evidence import registry
from app.words import Told


def kind_title(kind: str | None) -> str:
    """The title of a kind; empty for none and for what was not recognised, its name for one that is not read."""
    if kind in (None, "", registry.UNKNOWN):
        return ""
    known = registry.KINDS_BY_NAME.get(str(kind))
    return str(kind).replace("_", " ") if known is None else Told(known.title)

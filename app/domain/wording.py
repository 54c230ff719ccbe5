"""What people write, as it is kept: plain line ends, no NUL, no blanks around it, neither too short nor too long."""

from app.domain.errors import Invalid


def worded(field: str, text: str, *, longest: int, sentence: str, shortest: int = 1) -> str:
    """The text as it is kept. Raises Invalid with `sentence` at `field` when its length does not fit; in characters."""
    kept = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if not shortest <= len(kept) <= longest:
        raise Invalid({field: sentence})
    return kept

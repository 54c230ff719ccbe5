"""Bytes as a file in hand, and the facts and findings they give."""

from pathlib import Path

from app.evidence import registry
from app.evidence.findings import Unreadable
from app.evidence.profile import KIND
from app.evidence.source import Source

SAMPLES = Path(registry.__file__).parent / "profile" / "samples"


def sample(name):
    return KIND.inspect(Source(name, SAMPLES / name))


class Shelf:
    """Writes pieces of text or bytes to files and reads them as profiles."""

    def __init__(self, folder):
        self.folder = folder

    def source(self, content, name="profile"):
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return Source(name, path)

    def facts(self, content):
        return KIND.inspect(self.source(content)).facts

    def refused(self, content):
        """The finding that stands for the whole file; None when it was read."""
        try:
            KIND.inspect(self.source(content))
        except Unreadable as unreadable:
            return unreadable.finding
        return None


def own(facts):
    """Self weights by name."""
    return {each["name"]: each["self"] for each in facts["functions"]}


def total(facts):
    return {each["name"]: each["total"] for each in facts["functions"]}


def paths(facts):
    """The drawn stacks as `a;b` with their own weight, those without any left out."""
    frames, nodes = facts["stacks"]["frames"], facts["stacks"]["nodes"]
    names, found = [], {}
    for parent, frame, _, weight in nodes:
        name = frames[frame][0] if parent < 0 else f"{names[parent]};{frames[frame][0]}"
        names.append(name)
        if weight:
            found[name] = weight
    return found

"""What the samples of a kind are told, and what `samples.toml` beside them says they must be told."""

import tomllib
from pathlib import Path

from app.evidence import registry
from app.evidence.findings import Unreadable
from app.evidence.plans import pair
from app.evidence.source import Source

EVIDENCE = Path(registry.__file__).parent


class Samples:
    """The samples of one kind of plan."""

    def __init__(self, kind):
        self.kind, self.folder = kind, EVIDENCE / kind.name / "samples"
        expected = tomllib.loads((self.folder / "samples.toml").read_text(encoding="utf-8"))
        self.files, self.pairs = expected["files"], expected["pairs"]

    def names(self):
        return {path.name for path in self.folder.iterdir()} - {"samples.toml"}

    def source(self, name):
        return Source(name, self.folder / name)

    def text(self, name):
        return (self.folder / name).read_text(encoding="utf-8")

    def facts(self, name):
        return self.kind.inspect(self.source(name)).facts

    def findings(self, name):
        try:
            return self.kind.inspect(self.source(name)).findings
        except Unreadable as unreadable:
            return (unreadable.finding,)

    def codes(self, name):
        return sorted(finding.code for finding in self.findings(name))

    def compared(self, row):
        return tuple(pair.compare(self.facts(row["before"]), self.facts(row["after"])))

    def silent_rules(self):
        """Rules that no sample triggers, each variant of a code by itself."""
        said = [finding for name in self.files for finding in self.findings(name)]
        said += [finding for row in self.pairs for finding in self.compared(row)]
        known = {(finding.code, words) for finding in said for words in (finding.why, finding.fix)}
        fixed = {rule: rule.fix if "{" in rule.why else rule.why for rule in self.kind.rules}
        return [rule for rule, words in fixed.items() if (rule.code, words) not in known]


def wrapped(text, width):
    """As a mail program breaks lines: at the last space before `width`, the rest at the margin."""
    lines = []
    for line in text.splitlines():
        while len(line) > width and line.rfind(" ", len(line) - len(line.lstrip()) + 1, width) > 0:
            at = line.rfind(" ", len(line) - len(line.lstrip()) + 1, width)
            lines.append(line[:at])
            line = line[at + 1 :]
        lines.append(line)
    return "\n".join(lines)

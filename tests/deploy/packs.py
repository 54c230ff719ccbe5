"""A pack of the rehearsal, read as the portal reads what a learner hands in."""

from collections import Counter

from app.evidence import claims_file, session
from app.evidence.findings import Severity


def files(folder):
    """Its evidence, each file read alone; the balancer's log tells the same story as the clients' and is read apart."""
    return [
        session.check(str(path), None, None)
        for path in sorted(folder.iterdir())
        if path.name != "claims.toml" and "haproxy.log" not in path.name
    ]


def findings(folder):
    return [finding for file in files(folder) for finding in file.report.findings]


def ledger(folder):
    """What is claimed beside what the files show, and what lies between them."""
    return session.ledger_of(claims_file.read(folder / "claims.toml"), files(folder))


def severe(found):
    """{code: how often} of what blocks or warns."""
    return Counter(one.code for one in found if one.severity in (Severity.BLOCK, Severity.WARN))


def good(folder):
    """The codes of what is well between its files."""
    return {one.code for one in ledger(folder).findings if one.severity is Severity.GOOD}

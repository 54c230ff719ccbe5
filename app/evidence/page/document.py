"""All that one command found as one HTML file: no script, nothing loaded, the portal's own stylesheet inside.

The policy in the file allows that one stylesheet by its hash and nothing else, so that it stays harmless wherever it
is opened. It has no date: the same files give the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

from app.evidence import registry
from app.evidence.claims import FileFacts
from app.evidence.page import figures
from app.evidence.page.findings import ledger_table, listed, tally
from app.evidence.page.markup import Html, tag
from app.evidence.session import Checked, Ledger, Pair, Session, facts_of
from app.evidence.summary import GAP, summary

STYLESHEET = Path(__file__).parents[3] / "static" / "portal.css"
_FONT = re.compile(r"@font-face \{[^{}]{0,2000}\}\n?")
_COMMENT = re.compile(r"/\*[^*]{0,2000}\*/")


def document(session: Session) -> str:
    """The whole file. Raises OSError when the stylesheet is not beside the program."""
    style = _style(STYLESHEET.read_text("utf-8"))
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>Evidence report</title>\n<style>{style}</style>\n</head>\n"
        f"<body>\n{tag('main', *_parts(session))}\n</body>\n</html>\n"
    )


def _style(css: str) -> str:
    """Without the fonts, which are files of their own, and without comments and indentation."""
    bare = _COMMENT.sub("", _FONT.sub("", css))
    return "\n".join(line.strip() for line in bare.splitlines() if line.strip())


def _parts(session: Session) -> list[Html]:
    pair = session.pair
    drawn = Html("") if pair is None or pair.refused else figures.of_pair(pair)
    version = [facts_of(file) for file in session.files]
    beside = {pair.before.name, pair.after.name} if pair is not None and drawn else set()
    return [
        tag("h1", "Evidence report"),
        _contents(session),
        *([] if session.ledger is None else [_ledger(session.ledger)]),
        *([] if pair is None else [_pair(pair, drawn)]),
        *(
            _file(number, file, version, is_paired=file.name in beside)
            for number, file in enumerate(session.files, 1)
        ),
    ]


def _contents(session: Session) -> Html:
    rows = (_entry(number, file) for number, file in enumerate(session.files, 1))
    return tag("ul", *rows, class_="changed-files")


def _entry(number: int, file: Checked) -> Html:
    link = tag("a", file.name, class_="file-name", href=f"#file-{number}")
    return tag("li", link, " ", tag("span", _read_as(file), class_="muted"), " ", tally(file.report.findings))


def _read_as(file: Checked) -> str:
    return registry.title(file.report.kind) if file.report.facts else "not read automatically"


def _ledger(ledger: Ledger) -> Html:
    title = tag("h2", "Claims against the evidence")
    return tag(
        "section", title, ledger_table(ledger.rows), listed(ledger.findings, within="claims"), id="claims"
    )


def _pair(pair: Pair, drawn: Html) -> Html:
    names = tag("p", f"{pair.before.name}, then {pair.after.name}", class_="muted small")
    refused = tag("p", pair.refused) if pair.refused else Html("")
    return tag(
        "section",
        tag("h2", "Before and after"),
        names,
        refused,
        listed(pair.findings, within="pair"),
        drawn,
        id="pair",
    )


def _file(number: int, file: Checked, version: Sequence[FileFacts], *, is_paired: bool) -> Html:
    report, source = file.report, file.source
    line = summary(report).replace(GAP, " · ")
    return tag(
        "section",
        tag("h2", file.name, class_="file-name"),
        tag(
            "p", f"{_read_as(file)} · {source.size:,} bytes · SHA-256 {source.sha256()}", class_="muted small"
        ),
        tag("p", line) if line else Html(""),
        listed(report.findings, within=f"file-{number}"),
        tag("div", figures.of_file(file, version, is_paired=is_paired), class_="figures"),
        class_="desk-file",
        id=f"file-{number}",
    )

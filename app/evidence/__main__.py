"""The learner's command line: the same checks as the portal's, before anything is sent.

    python -m app.evidence check FILE... [--json] [--kind KIND]
    python -m app.evidence kinds
    python -m app.evidence explain CODE

Exit status: 0 without a block, 1 with one, 2 when the command itself is wrong.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from app.evidence import catalogue, output, registry
from app.evidence.source import Source


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    if chosen.command == "kinds":
        print("\n".join(f"{kind.name:<16} {kind.title}" for kind in registry.KINDS))
        return 0
    if chosen.command == "explain":
        return _explain(parser, chosen.code)
    return _check(parser, chosen.files, kind=chosen.kind, as_json=chosen.json)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m app.evidence", description="Check evidence files.")
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="read files and say what is good, missing or odd")
    check.add_argument("files", nargs="+", metavar="FILE")
    check.add_argument("--json", action="store_true", help="print the reports as one JSON list")
    check.add_argument("--kind", choices=[kind.name for kind in registry.KINDS], help="do not guess the kind")
    commands.add_parser("kinds", help="list the kinds of evidence that are read")
    explain = commands.add_parser("explain", help="say what a code means and how to mend it")
    explain.add_argument("code", metavar="CODE")
    return parser


def _check(parser: argparse.ArgumentParser, files: Sequence[str], *, kind: str | None, as_json: bool) -> int:
    missing = [name for name in files if not Path(name).is_file() or not os.access(name, os.R_OK)]
    if missing:
        parser.error(f"cannot read {', '.join(map(output.clean, missing))}")
    reports = [(name, registry.inspect(Source(Path(name).name, Path(name)), kind)) for name in files]
    if as_json:
        print(output.as_json(reports))
    else:
        colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        print("\n\n".join(output.as_text(name, report, colour=colour) for name, report in reports))
    return 1 if any(report.is_blocked for _, report in reports) else 0


def _explain(parser: argparse.ArgumentParser, code: str) -> int:
    text = catalogue.explain(code.upper())
    if text is None:
        parser.error(f"there is no code {output.clean(code)}; `explain L9` is one that exists")
    print(text)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BrokenPipeError:  # the reader, `head` for example, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)

"""The learner's command line: the same checks as the portal's, before anything is sent.

    python -m app.evidence check FILE... [--json | --html REPORT] [--kind KIND]
    python -m app.evidence check --before FILE --after FILE [--metric METRIC]
    python -m app.evidence check --claims CLAIMS.toml [FILE...]
    python -m app.evidence unpack ARCHIVE [--into FOLDER]
    python -m app.evidence kinds
    python -m app.evidence explain CODE

An archive (zip, tar, tar.gz) is checked with every file in it, unless `--closed` says that it is one file.

Exit status: 0 without a block, 1 with one, 2 when the command itself is wrong.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from pathlib import Path

from app.evidence import output, registry, session
from app.evidence.claims import Claim
from app.evidence.metrics import METRICS
from app.evidence.session import Checked, Session


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    if chosen.command == "kinds":
        return _kinds()
    if chosen.command == "explain":
        return _explain(parser, chosen.code)
    if chosen.command == "unpack":
        return _unpack(parser, Path(chosen.archive), chosen.into)
    return _check(parser, chosen)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m app.evidence", description="Check evidence files.")
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="read files and say what is good, missing or odd")
    check.add_argument("files", nargs="*", metavar="FILE")
    check.add_argument("--before", metavar="FILE", help="the file from before the change")
    check.add_argument("--after", metavar="FILE", help="the file from after the change")
    check.add_argument(
        "--metric",
        choices=list(METRICS),
        metavar="METRIC",
        help="the number said to have changed, such as p99",
    )
    check.add_argument(
        "--claims", metavar="CLAIMS.toml", help="numbers you claim, to be held against the files"
    )
    form = check.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print the reports as one JSON list")
    form.add_argument("--html", metavar="REPORT", help="write one HTML file with findings and pictures")
    names = [kind.name for kind in registry.KINDS]
    check.add_argument("--kind", choices=names, metavar="KIND", help="do not guess; `kinds` lists them")
    check.add_argument("--today", type=date.fromisoformat, metavar="DATE", help="name times that are later")
    check.add_argument("--closed", action="store_true", help="do not open archives")
    _add_unpack(commands)
    commands.add_parser("kinds", help="list the kinds of evidence that are read")
    explain = commands.add_parser("explain", help="say what a code means and how to mend it")
    explain.add_argument("code", metavar="CODE")
    return parser


def _add_unpack(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    unpack = commands.add_parser("unpack", help="take the files out of an archive, within bounds")
    unpack.add_argument("archive", metavar="ARCHIVE")
    unpack.add_argument(
        "--into", metavar="FOLDER", help="where to make the folder `parts`, else where temporary files are"
    )


def _check(parser: argparse.ArgumentParser, chosen: argparse.Namespace) -> int:
    if (chosen.before is None) != (chosen.after is None):
        parser.error("--before and --after belong together")
    names = [*([chosen.before, chosen.after] if chosen.before is not None else []), *chosen.files]
    claims = _claims(parser, chosen.claims, names)
    names = list(dict.fromkeys((*names, *(claim.slot for claim in claims))))
    if not names:
        parser.error("name at least one file")
    names = [name for name in names if not _is_inside(name, names)]
    if missing := [name for name in names if not Path(name).is_file() or not os.access(name, os.R_OK)]:
        parser.error(f"cannot read {', '.join(map(output.clean, missing))}")
    with ExitStack() as until_said:
        files = {file.name: file for file in _checked(names, chosen, until_said)}
        found = Session(
            tuple(files.values()),
            None
            if chosen.before is None
            else session.pair_of(files[chosen.before], files[chosen.after], chosen.metric),
            session.ledger_of(claims, tuple(files.values())) if claims else None,
        )
        _say(parser, chosen, found)
    return 1 if found.is_blocked else 0


def _is_inside(name: str, names: Sequence[str]) -> bool:
    """Whether a claim names a part of one of the files, as `package.zip/slo.yaml`."""
    return not Path(name).exists() and any(name.startswith(f"{other}/") for other in names)


def _checked(names: Sequence[str], chosen: argparse.Namespace, until_said: ExitStack) -> Iterator[Checked]:
    """Every file, and after an archive the files in it, which lie in a folder of their own until they were told of."""
    for name in names:
        file = session.check(name, chosen.kind, chosen.today)
        yield file
        if file.report.kind == "archive" and not chosen.closed:
            from tempfile import TemporaryDirectory

            from app.evidence.archive.opening import parts_of

            folder = until_said.enter_context(TemporaryDirectory(prefix="touchstone-"))
            yield from parts_of(file, Path(folder), chosen.today)


def _unpack(parser: argparse.ArgumentParser, path: Path, folder: str | None) -> int:
    from tempfile import gettempdir

    from app.evidence.archive import opening

    try:
        status, text = opening.unpacked(path, Path(folder or gettempdir()))
    except OSError as error:
        parser.error(f"cannot unpack: {output.clean(str(error))}")
    print(output.clean(text), file=sys.stdout if status == 0 else sys.stderr)
    return status


def _claims(parser: argparse.ArgumentParser, name: str | None, files: Sequence[str]) -> tuple[Claim, ...]:
    """The claims, each with its file as it was named on the command line, if it was."""
    if name is None:
        return ()
    from app.evidence import claims_file

    try:
        claims = claims_file.read(Path(name))
    except (OSError, claims_file.WrongClaims) as error:
        parser.error(output.clean(str(error)))
    known = {Path(file).resolve(): file for file in files}
    return tuple(replace(claim, slot=_as_named(claim.slot, known)) for claim in claims)


def _as_named(slot: str, known: Mapping[Path, str]) -> str:
    """A claim's file, or the archive it is in, as the command line named it."""
    path = Path(slot).resolve()
    for parent in (path, *path.parents):
        if parent in known:
            return "/".join((known[parent], *path.relative_to(parent).parts))
    return slot


def _say(parser: argparse.ArgumentParser, chosen: argparse.Namespace, found: Session) -> None:
    if chosen.json:
        print(output.session_json(found))
    elif chosen.html is not None:
        _write(parser, Path(chosen.html), found)
    else:
        colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        print(output.session_text(found, colour=colour))


def _write(parser: argparse.ArgumentParser, path: Path, found: Session) -> None:
    from app.evidence.page import document

    if any(_is_same(path, file) for file in found.files):
        parser.error("the report would overwrite the evidence; give it another name")
    try:
        path.write_text(document(found), "utf-8")
    except OSError as error:
        parser.error(f"cannot write the report: {output.clean(str(error))}")
    findings = [finding for file in found.files for finding in file.report.findings]
    print(f"{output.clean(str(path))}: {len(found.files)} files, {output.tally(findings)}")


def _is_same(path: Path, file: Checked) -> bool:
    return path.exists() and path.samefile(file.source.path)


def _kinds() -> int:
    from app.evidence import catalogue

    print(catalogue.kinds())
    return 0


def _explain(parser: argparse.ArgumentParser, code: str) -> int:
    from app.evidence import catalogue

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

"""Coverage-guided fuzzing of one kind's parser, with atheris (libFuzzer for Python) where it is installed.

    pip install atheris
    python -m bench.fuzz_guided KIND [--seconds 60] [--slowest 2] [--corpus FOLDER]

It starts from the kind's samples and looks for bytes that reach new lines. Any exception but `Unreadable` ends it with
the input in a file `crash-…`; so does a read of over `--slowest` seconds, which a busy machine may need. Inputs
that reached something new are kept in FOLDER.
"""

import argparse
import sys
import tempfile
from pathlib import Path

try:
    import atheris
except ImportError:
    sys.exit("atheris is not installed; `pip install atheris` (Linux, Python up to 3.13)")

with atheris.instrument_imports(include=["app.evidence"]):
    from app.evidence import registry
    from app.evidence.findings import Unreadable
    from app.evidence.source import Source
    from bench import mutations

LONGEST = 16 * 1024
SLOWEST = 2
HELD = 512


def target(kind, path):
    """One execution: these bytes as a file of this kind."""

    def read(data):
        path.write_bytes(data)
        source = Source(path.name, path)
        kind.sniff(source)
        try:
            kind.inspect(source)
        except Unreadable:
            return

    return read


def main():
    """Fuzz until the time is up; libFuzzer ends the process itself."""
    parser = argparse.ArgumentParser(prog="python -m bench.fuzz_guided", description=__doc__.split("\n")[0])
    parser.add_argument("kind", choices=[kind.name for kind in registry.KINDS])
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--slowest", type=int, default=SLOWEST, help="seconds one read may take")
    parser.add_argument("--corpus", help="keep what reached something new here")
    chosen = parser.parse_args()
    kind = registry.named(chosen.kind)
    folder = Path(tempfile.mkdtemp(prefix="guided-"))
    corpus = Path(chosen.corpus) if chosen.corpus else folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for name, data in mutations.samples(kind.name).items():
        if len(data) <= LONGEST:
            (corpus / name).write_bytes(data)
    options = [
        f"-max_total_time={chosen.seconds}",
        f"-max_len={LONGEST}",
        f"-timeout={chosen.slowest}",
        "-seed=1",
    ]
    options += [f"-rss_limit_mb={HELD}", "-print_final_stats=1"]
    atheris.Setup([sys.argv[0], *options, str(corpus)], target(kind, folder / "evidence"))
    atheris.Fuzz()


if __name__ == "__main__":
    main()

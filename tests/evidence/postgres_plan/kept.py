"""The committed samples, read once: pairs of one plan in two formats, and plans as psql and logs print them."""

import functools
import gzip
import json
from pathlib import Path

HERE = Path(__file__).parent
SAMPLES = HERE.parents[2] / "app" / "evidence" / "postgres_plan" / "samples"


@functools.cache
def rows(name):
    """The rows of `pairs` or `frames`, as dictionaries."""
    with gzip.open(HERE / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return tuple(json.loads(line) for line in lines)


def sample(name):
    return (SAMPLES / name).read_text(encoding="utf-8")

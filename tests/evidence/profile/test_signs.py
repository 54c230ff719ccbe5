"""The signs of a format, for whose absence its reader is not even imported, are in every file that the reader knows."""

from importlib import import_module

import pytest

from app.evidence.profile.formats import FORMATS
from app.evidence.source import Source
from bench import mutations

POOL = mutations.samples("profile")
MUTANTS = 600


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.module)
def test_no_file_that_a_reader_knows_lacks_its_signs(form, tmp_path):
    reader = import_module(f"app.evidence.profile.{form.module}")
    files = [*POOL.values(), *(mutations.mutant("profile", POOL, 7, number)[1] for number in range(MUTANTS))]
    known = 0
    for data in files:
        path = tmp_path / "evidence"
        path.write_bytes(data)
        source = Source(path.name, path)
        try:
            looks = reader.looks_like(source.head_bytes if form.of_bytes else source.head)
        except Exception:  # recognition takes it for a no
            continue
        if looks:
            known += 1
            assert form.signs(source)
    assert known >= 5

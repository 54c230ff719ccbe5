import pytest

from tests.evidence.profile.reading import Shelf


@pytest.fixture
def shelf(tmp_path):
    return Shelf(tmp_path)

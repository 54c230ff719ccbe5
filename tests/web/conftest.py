"""Two reviewers for the tests of pages."""

import pytest


@pytest.fixture
def ada(make):
    return make.person("Ada Reviewer", roles=("reviewer",))


@pytest.fixture
def bo(make):
    return make.person("Bo Reviewer", roles=("reviewer",))

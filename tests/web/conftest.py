"""Two reviewers, a learner, and the portal with a store, for the tests of pages."""

import pytest

from tests.web.learners import browser, portal_with_store


@pytest.fixture
def ada(make):
    return make.person("Ada Reviewer", roles=("reviewer",))


@pytest.fixture
def bo(make):
    return make.person("Bo Reviewer", roles=("reviewer",))


@pytest.fixture(scope="module")
def portal(settings, tmp_path_factory):
    with portal_with_store(settings, tmp_path_factory.mktemp("store")) as app:
        yield app


@pytest.fixture
def learner(make):
    return make.person()


@pytest.fixture
def mine(portal, sessions, learner):
    return browser(portal, sessions, learner)

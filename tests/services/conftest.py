"""People of the tests of services: a learner, and actors who rate or administer."""

import pytest


@pytest.fixture
def mira(make):
    return make.person("Mira Okafor")


@pytest.fixture
def ada(make):
    return make.actor(make.person("Ada Reviewer", roles=("reviewer",)))


@pytest.fixture
def bo(make):
    return make.actor(make.person("Bo Reviewer", roles=("reviewer",)))


@pytest.fixture
def root(make):
    return make.actor(make.person("Root", roles=("admin",)))

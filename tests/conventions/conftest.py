"""The portal's routes, for the tests that go over all of them."""

import pytest

from app.factory import create_app
from config import from_environment
from tests.conftest import environment


@pytest.fixture(scope="session")
def routes(tmp_path_factory):
    """The application without a database: what it has, not what it does."""
    nowhere = "postgresql://nobody@127.0.0.1:9/nothing"
    app = create_app(from_environment(environment(nowhere, nowhere, tmp_path_factory.mktemp("routes"))))
    yield app
    app.extensions["touchstone"].sessions.kw["bind"].dispose()


@pytest.fixture(scope="session")
def endpoints(routes):
    return set(routes.view_functions)

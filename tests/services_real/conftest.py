"""Everything here runs on separately installed servers: `.ci/run` starts them and names them."""

from pathlib import Path

import pytest

from app.factory import create_app
from config import from_environment
from tests import real_parts
from tests.browser_client import Browser
from tests.clock import CLOCK

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.services)


@pytest.fixture(scope="session")
def environment(postgres, tmp_path_factory):
    """What a portal on the real parts is told."""
    real_parts.needed(real_parts.SUPERUSER_URL)
    return real_parts.portal_environment(postgres, tmp_path_factory.mktemp("real"))


@pytest.fixture(scope="session")
def real_app(environment):
    app = create_app(from_environment(environment), clock=lambda: CLOCK["now"])
    yield app
    app.extensions["touchstone"].sessions.kw["bind"].dispose()


@pytest.fixture
def browser(real_app, sessions):
    return Browser(real_app, sessions)

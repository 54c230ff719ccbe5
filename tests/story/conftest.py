"""A portal for the whole story, once on each set of parts."""

import pytest

from tests.story.parts import embedded_portal, real_portal


@pytest.fixture(
    scope="module", params=["embedded", "without Redis", pytest.param("real", marks=pytest.mark.services)]
)
def portal(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("story")
    if request.param == "real":
        made = real_portal(request.getfixturevalue("postgres"), folder)
    else:
        made = embedded_portal(folder, redis=request.param == "embedded")
    with made as portal:
        yield portal

"""A portal for the whole story, once on each set of parts."""

import pytest

pytest.register_assert_rewrite(
    *(
        f"tests.story.{name}"
        for name in ("applying", "certifying", "markup", "people", "portals", "proving", "reviewing")
    )
)

from tests.story.parts import embedded_portal, real_portal  # noqa: E402 - after their asserts learned to speak


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

"""A certificate as a stranger meets it: on the screen, on paper, and through a camera."""

import io

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from app.services import certificates
from tests.browser.qr_code import read

pytestmark = pytest.mark.browser


@pytest.fixture
def ada(house):
    return house.make.person("Ada Lovelace", email="ada@example.org")


@pytest.fixture
def certificate(house, ada):
    return house.make.certificate(ada, base_url=house.base_url)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_code_in_the_picture_leads_to_the_page(house, certificate, tmp_path, scheme):
    page = house.windows.open("a stranger", color_scheme=scheme, device_scale_factor=3).page
    page.goto(f"/c/{certificate.code}")
    picture = tmp_path / "code.png"

    page.locator(".qr-figure svg").screenshot(path=picture)

    assert read(picture) == page.url


def test_a_certificate_fits_one_sheet_of_paper(house, certificate):
    page = house.windows.open("a stranger").page
    page.goto(f"/c/{certificate.code}")

    printed = PdfReader(io.BytesIO(page.pdf(format="A4")))

    assert len(printed.pages) == 1
    assert "Ada Lovelace" in printed.pages[0].extract_text()


def test_it_is_valid_until_it_is_revoked_and_shows_nobodys_address(house, certificate, ada):
    window = house.windows.open("a stranger")
    page = window.page
    page.goto(f"/c/{certificate.code}")
    expect(page.locator("article.certificate").get_by_text("valid", exact=True)).to_be_visible()
    window.look("certificate-valid")
    assert ada.email not in page.content()

    actor = house.make.actor(house.make.person("Root", roles=("admin",)))
    with house.sessions.begin() as db:
        certificates.revoke(db, actor, certificate.id, reason="Copied work.", now=house.make.now)
    page.reload()

    expect(page.get_by_text("This certificate is no longer valid")).to_be_visible()
    assert page.get_by_role("link", name="PDF").count() == 0
    window.look("certificate-revoked")

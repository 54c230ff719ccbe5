"""`deploy/nginx.conf` is read by the checks that learners' files pass, and lets through what the portal takes."""

import re

from app.evidence import session
from config import MIB, from_environment
from tests.conftest import ROOT
from tests.test_config import DEVELOPMENT

NGINX = ROOT / "deploy" / "nginx.conf"
TEXT = NGINX.read_text("utf-8")


def test_our_checks_have_nothing_to_say_about_it():
    report = session.check(str(NGINX), None, None).report

    assert (report.kind, [finding.message for finding in report.findings]) == ("load_balancer", [])


def test_the_largest_upload_fits():
    limit = int(re.search(r"client_max_body_size (\d+)m;", TEXT)[1]) * MIB

    assert limit == from_environment(DEVELOPMENT).limits.file_bytes + MIB


def test_what_a_browser_claims_of_itself_is_written_over():
    """PROXIES=1 believes the last hop: it must not pass on what it was given (`$proxy_add_x_forwarded_for`)."""
    sent = dict(re.findall(r"proxy_set_header (\S+) (\S+);", TEXT))

    assert {name: value for name, value in sent.items() if name.startswith("X-") or name == "Host"} == {
        "Host": "$host",
        "X-Forwarded-Host": "$host",
        "X-Forwarded-Proto": "$scheme",
        "X-Forwarded-For": "$remote_addr",
    }


def test_numbers_are_not_told_through_it():
    assert "location = /metrics { return 404; }" in TEXT

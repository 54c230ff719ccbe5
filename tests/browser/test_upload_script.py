"""The upload script against two real servers: a portal, and a bucket on another origin that fails when told to."""

import json
from hashlib import sha256
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import expect

from tests.design.preview import Handler, serving

pytestmark = pytest.mark.browser

WATCH_PROGRESS = """() => {
  [window.progress, window.said] = [[], []];
  const all = () => document.querySelectorAll("[data-sending] progress");
  const bars = () => all().forEach(({ value }) => window.progress.push(value));
  new MutationObserver(bars).observe(document.body, { subtree: true, attributes: true, attributeFilter: ["value"] });
  const status = document.querySelector("#status");
  new MutationObserver(() => window.said.push(status.textContent)).observe(status, { childList: true });
}"""
SLOT = '<div id="slot"><h3>p99 after</h3><p id="received">after.csv received</p></div>'


@pytest.fixture
def bucket():
    """A store on its own origin: keeps what is put, after answering with `failures` first."""

    class Bucket(BaseHTTPRequestHandler):
        failures, stored, attempts = [], [], []

        def do_OPTIONS(self):
            self._end(204)

        def do_PUT(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.attempts.append(self.path)
            status = self.failures.pop(0) if self.failures else 200
            if status == 200:
                self.stored.append((body, self.headers["X-Amz-Checksum-Sha256"]))
            self._end(status)

        def _end(self, status):
            self.send_response(status)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Access-Control-Allow-Methods", "PUT")
            self.send_header("Access-Control-Allow-Headers", "x-amz-checksum-sha256, content-type")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args):
            """Stay quiet."""

    with serving(Bucket) as address:
        Bucket.address = address
        yield Bucket


@pytest.fixture
def portal(bucket):
    """The style guide with the two answers of the upload contract."""

    class Portal(Handler):
        begun, confirmed, refusal, address, elsewhere, moved = [], [], None, "", "", ""

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            if self.path == "/styleguide/begin":
                self.begun.append({name: values[0] for name, values in parse_qs(body).items()})
                self._begin()
            else:
                self.confirmed.append(self.path)
                self._reply(200, SLOT + self.elsewhere, "text/html")

        def _begin(self):
            if self.refusal:
                return self._reply(422, json.dumps({"message": self.refusal}), "application/json")
            answer = {
                "id": "f1", "elsewhere": self.moved, "url": f"{bucket.address}/staging/f1",
                "headers": {"X-Amz-Checksum-Sha256": "bound", "Content-Type": "text/csv"},
                "confirm": "/files/f1/confirm",
            }  # fmt: skip
            return self._reply(201, json.dumps(answer), "application/json")

        def _reply(self, status, text, media_type):
            self.send_response(status)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

    Portal.bucket = bucket.address
    with serving(Portal) as address:
        Portal.address = address
        yield Portal


def choose(page, name="after.csv", body=b"ms\n93.1\n"):
    page.locator("#file-p99-after").set_input_files({"name": name, "mimeType": "text/csv", "buffer": body})


def test_a_file_goes_to_the_bucket_and_its_slot_comes_back(open_page, portal, bucket):
    body = b"ms\n" + b"93.1\n" * 400_000
    page = open_page(f"{portal.address}/styleguide")

    choose(page, body=body)

    expect(page.locator("#received")).to_be_visible()
    expect(page.locator("#status")).to_have_text("after.csv received.")
    assert bucket.stored == [(body, "bound")]
    assert portal.begun == [
        {"name": "after.csv", "size": str(len(body)), "media_type": "text/csv",
         "sha256": sha256(body).hexdigest(), "slot": "p99-after"}
    ]  # fmt: skip
    assert portal.confirmed == ["/files/f1/confirm"]
    assert page.locator("[data-sending] li").count() == 0


def test_a_big_file_shows_how_far_it_is(open_page, portal, bucket):
    page = open_page(f"{portal.address}/styleguide")
    page.evaluate(WATCH_PROGRESS)
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 4_000_000}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", slow)

    choose(page, body=b"ms\n" + b"93.1\n" * 800_000)

    expect(page.locator("#received")).to_be_visible(timeout=15_000)
    values = [value for value in page.evaluate("window.progress") if value > 0]
    assert len(set(values)) >= 3, values
    assert values == sorted(values)
    assert values[-1] == 1
    assert page.evaluate("window.said") == ["Sending after.csv.", "after.csv received."]


def test_what_changed_elsewhere_on_the_page_is_replaced_too(open_page, portal, bucket):
    portal.elsewhere = '<p id="elsewhere" hx-swap-oob="true">in its own place</p><p id="nowhere">not here</p>'
    page = open_page(f"{portal.address}/styleguide")
    page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<p id=elsewhere>before</p>')"
    )

    choose(page, name="package.zip")

    expect(page.locator("#received")).to_be_visible()
    expect(page.locator("#elsewhere")).to_have_text("in its own place")
    assert page.locator("#elsewhere").get_attribute("hx-swap-oob") is None
    assert page.locator("#nowhere").count() == 0


def test_a_busy_bucket_is_tried_again(open_page, portal, bucket):
    bucket.failures.extend([503, 503])
    page = open_page(f"{portal.address}/styleguide")

    choose(page)

    expect(page.locator("#received")).to_be_visible(timeout=15000)
    assert len(bucket.attempts) == 3
    assert len(bucket.stored) == 1
    open_page.complaints[:] = [one for one in open_page.complaints if "503" not in one]


def test_after_three_failures_the_page_says_so_and_offers_another_try(open_page, portal, bucket):
    bucket.failures.extend([503, 503, 503])
    page = open_page(f"{portal.address}/styleguide")
    choose(page)
    expect(page.locator(".sending-text")).to_have_text("The storage is busy. Try again.", timeout=15000)
    assert portal.confirmed == []

    page.get_by_role("button", name="Try again").click()

    expect(page.locator("#received")).to_be_visible()
    assert len(bucket.stored) == 1
    open_page.complaints[:] = [one for one in open_page.complaints if "503" not in one]


def test_a_file_that_was_on_its_way_when_the_connection_broke_is_sent_when_it_is_back(
    open_page, portal, bucket
):
    page = open_page(f"{portal.address}/styleguide")
    page.context.set_offline(True)
    choose(page)
    expect(page.locator(".sending-text")).to_contain_text("The connection broke", timeout=15000)
    expect(page.get_by_role("button", name="Try again")).to_be_visible(timeout=15000)

    page.context.set_offline(False)

    expect(page.locator("#received")).to_be_visible(timeout=15000)
    assert len(bucket.stored) == 1
    open_page.complaints[:] = [one for one in open_page.complaints if "DISCONNECTED" not in one]


def test_a_file_that_already_arrived_is_confirmed(open_page, portal, bucket):
    bucket.failures.append(412)
    page = open_page(f"{portal.address}/styleguide")

    choose(page)

    expect(page.locator("#received")).to_be_visible()
    assert portal.confirmed == ["/files/f1/confirm"]
    open_page.complaints[:] = [one for one in open_page.complaints if "412" not in one]


def test_a_refusal_is_shown_in_the_servers_words(open_page, portal, bucket):
    portal.refusal = "Uploads are paused until 15:00 UTC."
    page = open_page(f"{portal.address}/styleguide")

    choose(page)

    expect(page.locator(".sending-text")).to_have_text("Uploads are paused until 15:00 UTC.")
    assert bucket.attempts == []
    open_page.complaints[:] = [one for one in open_page.complaints if "422" not in one]


def test_an_empty_file_is_refused_before_anything_is_sent(open_page, portal, bucket):
    page = open_page(f"{portal.address}/styleguide")

    choose(page, body=b"")

    expect(page.locator(".sending-text")).to_have_text("The selected file is empty.")
    assert portal.begun == []
    assert bucket.attempts == []


def carrying(page, *names):
    """What a person drags: files of these names."""
    return page.evaluate_handle(
        """(names) => {
          const carried = new DataTransfer();
          names.forEach((name) => carried.items.add(new File(['ms,1'], name)));
          return carried;
        }""",
        names,
    )


def test_a_dropped_file_is_sent(open_page, portal, bucket):
    page = open_page(f"{portal.address}/styleguide")

    page.locator("[data-drop]").dispatch_event("drop", {"dataTransfer": carrying(page, "after.csv")})

    expect(page.locator("#received")).to_be_visible()
    assert [body for body, _ in bucket.stored] == [b"ms,1"]


def test_several_files_dropped_on_a_slot_for_one_do_not_replace_each_other(open_page, portal, bucket):
    page = open_page(f"{portal.address}/styleguide")
    carried = carrying(page, "before.csv", "after.csv")

    page.locator("[data-drop]").dispatch_event("drop", {"dataTransfer": carried})

    expect(page.locator("#toasts")).to_contain_text("This slot takes one file, and 2 were dropped.")
    assert (portal.begun, bucket.stored) == ([], [])


def test_a_file_dropped_beside_a_slot_does_not_replace_the_page(open_page, portal):
    page = open_page(f"{portal.address}/styleguide")

    is_prevented = page.evaluate(
        """(carried) => !document.querySelector("h1").dispatchEvent(
          new DragEvent("drop", { dataTransfer: carried, bubbles: true, cancelable: true }))""",
        carrying(page, "after.csv"),
    )

    assert is_prevented
    assert portal.begun == []


def test_an_archive_that_goes_to_another_place_says_where(open_page, portal, bucket):
    portal.moved = "all.zip is an archive. It lies in “Several files in one archive”."
    page = open_page(f"{portal.address}/styleguide")

    choose(page, name="all.zip")

    expect(page.locator("#toasts")).to_contain_text(portal.moved)

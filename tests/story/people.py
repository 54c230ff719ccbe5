"""Somebody with a browser: opens pages, presses buttons, sends forms with every field that stands in them."""

import hashlib
from urllib.parse import urldefrag, urljoin, urlsplit

import requests

from tests.story import markup
from tests.worker.parts import until

PATIENCE = 60
FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}


class Person:
    """`page` is what the browser shows, `answer` how it came. An unexpected status is the end of the story."""

    def __init__(self, portal, name, email=None):
        self.portal, self.name, self.email = portal, name, email
        self.browser = requests.Session()
        self.page = self.answer = None

    def sign_in(self, onward="/"):
        """Through the provider's own pages, by real redirects."""
        self.open(f"/sign-in?next={onward}")
        begin = next(link for link in self.page.all("a") if (link["href"] or "").startswith("/sign-in/"))
        address = self.send("GET", begin["href"], follow=False).headers["Location"]
        self.open(self.portal.introduce(self, address))
        return self.page

    def open(self, address, status=200):
        return self._show(self.send("GET", address), status)

    def follow(self, words):
        """Press the one link that says this."""
        found = {link["href"] for link in self.page.all("a") if link.text == words}
        assert len(found) == 1, f"{len(found)} links “{words}” in: {self.page.text[:1500]}"
        return self.open(found.pop())

    def press(self, label, status=200, *, within=None, files=None, **typed):
        """Fill the form around this button with what is typed, and send it as the browser would."""
        part = self.page if within is None else self.page.one(id=within)
        pressed = markup.button(part, label)
        form = pressed.within("form")
        sent = _filled(form, typed) + ([(pressed["name"], pressed["value"])] if pressed["name"] else [])
        method = (form["method"] or "get").upper()
        body = {"params": sent} if method == "GET" else {"data": sent, "files": files}
        return self._show(self.send(method, form["action"] or self.answer.url, **body), status)

    def send(self, method, address, *, follow=True, **request):
        """One request as the page's own browser sends it."""
        ours = method != "GET" and {"Sec-Fetch-Site": "same-origin", "Origin": self.portal.base_url}
        headers = {"Accept": "text/html,*/*"} | (ours or {}) | request.pop("headers", {})
        here = self.answer.url if self.answer is not None else self.portal.base_url
        url = urljoin(here, urldefrag(address).url)
        return self.browser.request(
            method, url, headers=headers, allow_redirects=follow, timeout=30, **request
        )

    def give(self, slot, name, data, *, put=None):
        """Choose a file in a slot, as the upload script does it; the portal's last answer.

        `put` are other bytes than those announced, sent by somebody who does not care what the store answers.
        """
        form = self.page.one(id=f"slot-{slot}").one("form", class_="upload")
        about = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest(), "media_type": "text/csv"}
        begun = self.send("POST", form["data-begin"], data=about | {"name": name, "slot": slot})
        if begun.status_code != 201:
            return begun
        ticket = begun.json()
        stored = _put(self.portal.base_url, ticket, data if put is None else put)
        assert stored.ok or put is not None, f"{stored.status_code} {stored.text[:500]}"
        return self.send("POST", ticket["confirm"])

    def findings(self, slot):
        """Look again, as the page itself does, until the slot has been read; its part of the page."""
        self.open(self.answer.url)
        assert until(lambda: not self._is_waiting(slot), seconds=PATIENCE), f"{slot} is not read yet"
        return self.open(self.answer.url).one(id=f"slot-{slot}")

    def _is_waiting(self, slot):
        """Ask as the page's poll does: the slot, or its waiting line alone while there is no news of it.

        A page that does not poll waits for nothing.
        """
        polls = list(self.page.one(id=f"slot-{slot}").all(class_="waiting"))
        if not polls:
            return False
        answer = self.send("GET", polls[0]["hx-get"], headers=FRAGMENT)
        assert answer.status_code == 200
        told = markup.read(answer.text)
        parts = list(told.all(id=f"slot-{slot}")) or [told]
        return any(list(part.all(class_="waiting")) for part in parts)

    def _show(self, answer, status):
        assert answer.status_code == status, (
            f"{answer.request.method} {answer.url}: {answer.status_code} {_words(answer)}"
        )
        self.answer, self.page = answer, markup.read(answer.text)
        return self.page

    @property
    def path(self):
        return urlsplit(self.answer.url).path


def _filled(form, typed):
    """The form's fields with what is typed in their place; what the form does not have cannot be typed."""
    names = {each["name"] for each in form.all("input", "select", "textarea")}
    assert set(typed) <= names, f"{set(typed) - names} are not in the form: {sorted(filter(None, names))}"
    kept = [(name, value) for name, value in markup.fields(form) if name not in typed]
    return kept + [(name, value) for name, value in typed.items() if value is not None]


def _put(origin, ticket, data):
    """Ask the store first, as browsers do before they send elsewhere; then send."""
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": ",".join(sorted(map(str.lower, ticket["headers"]))),
    }
    leave = requests.options(ticket["url"], headers=asked, timeout=30)
    assert leave.headers["Access-Control-Allow-Origin"] in {origin, "*"}
    headers = {
        name: value
        for name, value in ticket["headers"].items()
        if name.lower() not in {"host", "content-length"}
    }
    return requests.put(ticket["url"], data=data, headers=headers | {"Origin": origin}, timeout=30)


def _words(answer):
    is_page = "html" in answer.headers.get("Content-Type", "")
    return markup.read(answer.text).text[:1500] if is_page else answer.text[:500]

"""Cross-site request forgery: unsafe methods must come from our own pages.

Browsers say where a request comes from in `Sec-Fetch-Site`; older ones, and plain http, in `Origin`. One of the
two must say that it is us.
"""

from urllib.parse import urlsplit

from flask import request

from app.domain.errors import Forbidden
from app.web.pages import settings
from app.words import _

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def guard() -> None:
    """Before each request: refuse a change that another site asked for."""
    if request.method in SAFE:
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site == "same-origin" or (site is None and _is_ours(request.headers.get("Origin"))):
        return
    raise Forbidden(_("This request did not come from a page of this portal. Open the page again and retry."))


def _is_ours(origin: str | None) -> bool:
    if not origin:
        return False
    ours = {settings().base_url, f"{request.scheme}://{request.host}"}
    return origin in {"{0.scheme}://{0.netloc}".format(urlsplit(url)) for url in ours}

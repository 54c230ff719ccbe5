"""The demo's OpenID provider: its page asks no password, it asks who you want to be.

Everything else is as strict as a real one: PKCE with S256, nonce, one registered client, redirect addresses compared
letter by letter, codes that work once and for a minute. Answers on loopback only.

`python -m embedded.identity FOLDER --port PORT --redirect URL [--people FILE]`; the client's secret is read from
OIDC_DEMO_CLIENT_ID and OIDC_DEMO_CLIENT_SECRET. FILE is JSON, `[{"id", "name", "email", "note"}]`, read at each visit.
"""

import argparse
import hashlib
import json
import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2 import OAuth2Error
from flask import Flask, Response, jsonify, render_template, request
from joserfc.jwk import RSAKey

from embedded import pages
from embedded.identity_grants import Client, Grants, Person, extensions, grant_class
from embedded.process import LOOPBACK
from embedded.serving import serve


@dataclass(frozen=True, slots=True)
class Provider:
    """What the provider knows: its address, its key, its client, and the file of people."""

    issuer: str
    key: RSAKey
    client: Client
    people: Path | None


def create_app(provider: Provider, *, clock: Callable[[], float] = time.time) -> Flask:
    """The endpoints; `clock` gives seconds since the epoch."""
    origins = " ".join(sorted({_origin(address) for address in provider.client.redirects}))
    app = pages.application(__name__, policy=f"form-action 'self' {origins}")
    grants = Grants(clock)
    server = AuthorizationServer(app, query_client=_registered(provider.client), save_token=grants.save_token)
    server.register_grant(grant_class(grants), extensions(grants, provider.issuer, provider.key))
    _describe(app, provider)
    _ask(app, provider, server)

    @app.post("/token")
    def token() -> Response:
        return cast(Response, server.create_token_response())

    @app.get("/userinfo")
    def userinfo() -> tuple[Response, int]:
        person = grants.bearer(request.headers.get("Authorization", ""))
        if person is None:
            return jsonify(error="invalid_token"), 401
        return jsonify(person.claims()), 200

    return app


def _describe(app: Flask, provider: Provider) -> None:
    """Discovery and the public key."""

    @app.get("/.well-known/openid-configuration")
    def discovery() -> Response:
        return jsonify(
            issuer=provider.issuer,
            authorization_endpoint=f"{provider.issuer}/authorize",
            token_endpoint=f"{provider.issuer}/token",
            userinfo_endpoint=f"{provider.issuer}/userinfo",
            jwks_uri=f"{provider.issuer}/jwks",
            response_types_supported=["code"],
            response_modes_supported=["query"],
            grant_types_supported=["authorization_code"],
            subject_types_supported=["public"],
            id_token_signing_alg_values_supported=["RS256"],
            token_endpoint_auth_methods_supported=["client_secret_basic", "client_secret_post"],
            code_challenge_methods_supported=["S256"],
            scopes_supported=["openid", "email", "profile"],
            claims_supported=["sub", "name", "email", "email_verified"],
        )

    @app.get("/jwks")
    def jwks() -> Response:
        return jsonify(keys=[provider.key.as_dict(private=False)])


def _ask(app: Flask, provider: Provider, server: AuthorizationServer) -> None:
    """The page: whom to be. A request that is not valid never gets that far."""

    @app.errorhandler(OAuth2Error)
    def refuse(error: Any) -> Any:
        if error.redirect_uri:
            return server.handle_error_response(server.create_oauth2_request(request), error)
        return render_template("identity/refused.html", reason=error.description or error.error), 400

    @app.get("/authorize")
    def choose() -> str:
        server.get_consent_grant(end_user=None)
        return _page(provider, typed={"email": request.args.get("login_hint", ""), "name": ""})

    @app.post("/authorize")
    def chosen() -> Any:
        grant = server.get_consent_grant(end_user=None)
        typed = {name: request.form.get(name, "").strip() for name in ("name", "email")}
        person = _listed(provider, request.form.get("person", "")) or _somebody_new(**typed)
        if person is None:
            problem = "Choose one of the people, or type a name and an e-mail address."
            return _page(provider, typed=typed, problem=problem), 422
        return server.create_authorization_response(grant_user=person, grant=grant)


def _page(provider: Provider, *, typed: dict[str, str], problem: str = "") -> str:
    return render_template("identity/choose.html", people=_people(provider), typed=typed, problem=problem)


def _people(provider: Provider) -> list[Person]:
    """Those of the file; none while there is no file yet."""
    if provider.people is None or not provider.people.exists():
        return []
    rows = json.loads(provider.people.read_text(encoding="utf-8"))
    return [Person(str(row["id"]), row["name"], row["email"], row.get("note", "")) for row in rows]


def _listed(provider: Provider, person_id: str) -> Person | None:
    return next((person for person in _people(provider) if person.id == person_id), None)


def _somebody_new(*, name: str, email: str) -> Person | None:
    """The same address is the same person next time."""
    if not name or email.count("@") != 1 or email.startswith("@") or email.endswith("@"):
        return None
    digest = hashlib.sha256(email.lower().encode()).hexdigest()
    return Person(f"typed-{digest[:24]}", name, email, "")


def _registered(client: Client) -> Callable[[str], Client | None]:
    return lambda client_id: client if client_id == client.client_id else None


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def signing_key(folder: Path) -> RSAKey:
    """The key of this provider, made at the first start, readable by us alone."""
    path = folder / "signing-key.json"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        key = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)
        making = path.with_suffix(".making")
        with open(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(key.as_dict(private=True), file)
        making.rename(path)
    return RSAKey.import_key(json.loads(path.read_text()))


def provider(
    folder: Path, *, port: int, redirects: Iterable[str], people: Path | None, client_id: str, secret: str
) -> Provider:
    """The provider that lives in `folder` and answers on `port`."""
    client = Client(client_id, secret, frozenset(redirects))
    return Provider(f"http://{LOOPBACK}:{port}", signing_key(folder), client, people)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m embedded.identity", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--redirect", action="append", required=True)
    parser.add_argument("--people", type=Path)
    asked = parser.parse_args()
    known = provider(
        asked.folder,
        port=asked.port,
        redirects=asked.redirect,
        people=asked.people,
        client_id=os.environ["OIDC_DEMO_CLIENT_ID"],
        secret=os.environ["OIDC_DEMO_CLIENT_SECRET"],
    )
    serve(create_app(known), asked.port)


if __name__ == "__main__":
    main()

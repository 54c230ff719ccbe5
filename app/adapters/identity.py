"""Sign-in providers: OpenID Connect by discovery (PKCE, nonce, state), and GitHub's OAuth.

Authlib keeps state, nonce and code verifier in the browser's session cookie, so an answer that another browser
began is refused.
"""

from collections.abc import Mapping
from typing import Any

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from joserfc.errors import JoseError

from app.domain.actors import Introduction
from app.domain.errors import NotFound, Refused, Unavailable
from app.words import _
from config import Provider

TIMEOUT = 10
GITHUB_API = "https://api.github.com/"


class SignInFailed(Refused):
    """The provider's answer does not hold; nobody was signed in."""


class Providers:
    """The configured providers by name, in the order of the settings."""

    def __init__(self, app: Any, providers: tuple[Provider, ...]) -> None:
        self._oauth = OAuth(app)
        self.by_name: Mapping[str, Provider] = {provider.name: provider for provider in providers}
        for provider in providers:
            self._oauth.register(provider.name, **_registration(provider))

    def begin(self, name: str, *, redirect_uri: str) -> Any:
        """The redirect that sends the browser to the provider."""
        try:
            return self._client(name).authorize_redirect(redirect_uri)
        except (requests.RequestException, ValueError) as down:
            raise Unavailable(
                _("%(provider)s does not answer. Try again in a minute.", provider=self.by_name[name].label)
            ) from down

    def finish(self, name: str) -> Introduction:
        """Who the provider says this is; raises SignInFailed when its answer does not hold."""
        provider, client = self.by_name.get(name), self._client(name)
        try:
            token = client.authorize_access_token()
            claims = _github_user(client, token) if name == "github" else token.get("userinfo") or {}
        except (OAuthError, JoseError, KeyError, ValueError) as refused:
            raise SignInFailed(
                _("The sign-in could not be completed. Start it again from this page.")
            ) from refused
        except requests.RequestException as down:
            raise Unavailable(_("The sign-in provider does not answer. Try again in a minute.")) from down
        return _introduction(provider, claims)

    def _client(self, name: str) -> Any:
        if name not in self.by_name:
            raise NotFound
        return self._oauth.create_client(name)


def _registration(provider: Provider) -> dict[str, Any]:
    common = {"client_id": provider.client_id, "client_secret": provider.client_secret}
    if provider.kind == "github":
        return common | {
            "authorize_url": "https://github.com/login/oauth/authorize",
            "access_token_url": "https://github.com/login/oauth/access_token",
            "api_base_url": GITHUB_API,
            "client_kwargs": {"scope": "read:user", "code_challenge_method": "S256", "timeout": TIMEOUT},
        }
    return common | {
        "server_metadata_url": f"{provider.issuer}/.well-known/openid-configuration",
        "client_kwargs": {
            "scope": "openid email profile",
            "code_challenge_method": "S256",
            "timeout": TIMEOUT,
        },
    }


def _github_user(client: Any, token: Any) -> dict[str, Any]:
    answer = client.get("user", token=token)
    answer.raise_for_status()
    user = answer.json()
    return {
        "iss": "https://github.com",
        "sub": str(user["id"]),
        "name": user.get("name") or user.get("login"),
    }


def _introduction(provider: Provider | None, claims: Mapping[str, Any]) -> Introduction:
    issuer, subject = claims.get("iss"), claims.get("sub")
    if provider is None or not subject or str(issuer).rstrip("/") != provider.issuer:
        raise SignInFailed(_("The sign-in could not be completed. Start it again from this page."))
    email = claims.get("email")
    name = claims.get("name") or claims.get("preferred_username") or str(email or "").split("@")[0]
    return Introduction(str(issuer), str(subject), str(name), str(email) if email else None)

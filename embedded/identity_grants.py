"""Authlib's server classes, filled in: the one client, codes and tokens in memory, what an ID token says.

Authlib asks for the methods by name and passes more than they need; hence the unused arguments.
"""

import hmac
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from authlib.oauth2.rfc6749 import ClientMixin, InvalidRequestError, grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode
from joserfc.jwk import RSAKey

CODE_SECONDS = 60
TOKEN_SECONDS = 600
_SCOPES = ("openid", "email", "profile")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody the demo can sign in as."""

    id: str
    name: str
    email: str
    note: str

    def claims(self) -> dict[str, Any]:
        return {"sub": self.id, "name": self.name, "email": self.email, "email_verified": True}


@dataclass(frozen=True)
class Client(ClientMixin):  # type: ignore[misc]  # Authlib is not typed
    """The portal, as the provider knows it."""

    client_id: str
    secret: str
    redirects: frozenset[str]

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> str | None:
        return None

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """Without `openid` there would be no nonce to check: None refuses."""
        asked = (scope or "").split()
        return " ".join(word for word in asked if word in _SCOPES) if "openid" in asked else None

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.redirects

    def check_client_secret(self, client_secret: str) -> bool:
        return hmac.compare_digest(client_secret.encode(), self.secret.encode())

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return endpoint == "token" and method in ("client_secret_basic", "client_secret_post")

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass(frozen=True, slots=True)
class Code:
    """An authorization code: for whom, for what, until when. Methods as Authlib asks for them."""

    person: Person
    client_id: str
    redirect_uri: str
    scope: str
    nonce: str
    code_challenge: str
    code_challenge_method: str
    made_at: float

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str:
        return self.nonce

    def get_auth_time(self) -> int:
        return int(self.made_at)

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


class Grants:
    """Codes, nonces and tokens given out; gone with the process, as nothing outlives a sign-in."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self._lock = threading.Lock()
        self._codes: dict[str, Code] = {}
        self._nonces: set[str] = set()
        self._tokens: dict[str, tuple[Person, float]] = {}

    def add(self, code: str, grant: Code) -> None:
        with self._lock:
            self._codes = {name: old for name, old in self._codes.items() if not self._is_old(old)}
            self._codes[code] = grant
            self._nonces.add(grant.nonce)

    def take(self, code: str, client_id: str) -> Code | None:
        """A code works for one try, right or wrong: it is gone once it is looked at."""
        with self._lock:
            grant = self._codes.pop(code, None)
        if grant is None or grant.client_id != client_id or self._is_old(grant):
            return None
        return grant

    def has_nonce(self, nonce: str) -> bool:
        with self._lock:
            return nonce in self._nonces

    def save_token(self, token: dict[str, Any], request: Any) -> None:
        with self._lock:
            self._tokens[token["access_token"]] = (request.user, self.clock() + TOKEN_SECONDS)

    def bearer(self, authorization: str) -> Person | None:
        """Whose access token this header carries."""
        kind, _, token = authorization.partition(" ")
        with self._lock:
            person, until = self._tokens.get(token, (None, 0.0))
        return person if kind.lower() == "bearer" and self.clock() < until else None

    def _is_old(self, grant: Code) -> bool:
        return self.clock() > grant.made_at + CODE_SECONDS


def grant_class(given: Grants) -> type[Any]:
    """The authorization code grant over `given`."""

    class Grant(grants.AuthorizationCodeGrant):  # type: ignore[misc]
        def save_authorization_code(self, code: str, request: Any) -> None:
            asked = request.payload.data
            given.add(
                code,
                Code(
                    person=request.user,
                    client_id=request.client.client_id,
                    redirect_uri=request.payload.redirect_uri,
                    scope=request.scope,
                    nonce=asked["nonce"],
                    code_challenge=asked["code_challenge"],
                    code_challenge_method=asked["code_challenge_method"],
                    made_at=given.clock(),
                ),
            )

        def query_authorization_code(self, code: str, client: Client) -> Code | None:
            return given.take(code, client.client_id)

        def delete_authorization_code(self, authorization_code: Code) -> None:
            """Taken already."""

        def authenticate_user(self, authorization_code: Code) -> Person:
            return authorization_code.person

    return Grant


def extensions(given: Grants, issuer: str, key: RSAKey) -> Iterable[Any]:
    """PKCE with S256 and nothing weaker, a nonce that is new, an ID token signed with `key`."""
    return [_IdToken(given, issuer, key), _S256()]


class _S256(CodeChallenge):  # type: ignore[misc]
    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        """Ask for both parameters: left out, Authlib would accept `plain`, or nothing."""
        asked = grant.request.payload.data
        if not asked.get("code_challenge") or asked.get("code_challenge_method") != "S256":
            raise InvalidRequestError("Send a code_challenge with the code_challenge_method S256.")
        super().validate_code_challenge(grant, redirect_uri)


class _IdToken(OpenIDCode):  # type: ignore[misc]
    def __init__(self, given: Grants, issuer: str, key: RSAKey) -> None:
        super().__init__(require_nonce=True)
        self._given = given
        self._issuer = issuer
        self._key = key

    def exists_nonce(self, nonce: str, request: Any) -> bool:
        return self._given.has_nonce(nonce)

    def resolve_client_private_key(self, client: Client) -> RSAKey:
        return self._key

    def get_client_algorithm(self, client: Client) -> str:
        return "RS256"

    def get_encode_header(self, client: Client) -> dict[str, str]:
        return {"alg": "RS256", "kid": str(self._key.kid)}

    def get_client_claims(self, client: Client) -> dict[str, Any]:
        now = int(self._given.clock())
        return {"iss": self._issuer, "aud": client.client_id, "iat": now, "exp": now + TOKEN_SECONDS}

    def generate_user_info(self, user: Person, scope: str) -> dict[str, Any]:
        return user.claims()

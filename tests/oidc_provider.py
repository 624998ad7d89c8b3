"""A small OpenID Connect provider on loopback: discovery, sign-in, tokens, keys, sign-out.

Whoever opens its sign-in page picks a person by a link; there are no passwords. Tokens are real:
RS256, nonce, PKCE (S256) and one-time codes.
"""

import base64
import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import uuid4

from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.loopback import served

CLIENT_ID, CLIENT_SECRET = "northlight-tests", "not-a-secret"


@dataclass
class Provider:
    """Its people by subject, each with the claims that its tokens carry."""

    people: dict[str, dict[str, str]]
    issuer: str = ""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    signed_out: int = 0

    @property
    def discovery(self) -> str:
        """Where a client finds everything else."""
        return f"{self.issuer}/.well-known/openid-configuration"

    def metadata(self) -> dict[str, object]:
        """The discovery document."""
        ends = ("authorization", "token", "end_session")
        return {
            "issuer": self.issuer,
            **{f"{end}_endpoint": f"{self.issuer}/{end}" for end in ends},
            "jwks_uri": f"{self.issuer}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        }

    def code_for(self, asked: dict[str, str], subject: str) -> str:
        """A code that buys one token."""
        code = uuid4().hex
        self.codes[code] = asked | {"sub": subject}
        return code

    def tokens(self, form: dict[str, str]) -> dict[str, object] | None:
        """What a code is worth; None for a wrong code, secret, address or verifier."""
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None or form.get("redirect_uri") != asked["redirect_uri"]:
            return None
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked.get("code_challenge"):
            return None
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300}
        claims |= {"sub": asked["sub"], "nonce": asked["nonce"]} | self.people[asked["sub"]]
        signed = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.key)
        return {
            "access_token": uuid4().hex,
            "token_type": "Bearer",
            "expires_in": 300,
            "id_token": signed,
        }


def handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    """The provider as a request handler."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, asked = self._asked()
            if path == "/.well-known/openid-configuration":
                self._json(provider.metadata())
            elif path == "/jwks":
                self._json({"keys": [provider.key.as_dict(private=False)]})
            elif path == "/authorization":
                self._page(sign_in_page(provider, asked))
            elif path == "/chosen":
                subject = asked.pop("subject")
                code = provider.code_for(asked, subject)
                query = urlencode({"code": code, "state": asked["state"]})
                self._go(f"{asked['redirect_uri']}?{query}")
            elif path == "/end_session":
                provider.signed_out += 1
                self._go(asked["post_logout_redirect_uri"])
            else:
                self.send_error(404)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            told = provider.tokens(form) if self._client_known(form) else None
            self._json(told or {"error": "invalid_grant"}, 200 if told else 400)

        def _client_known(self, form: dict[str, str]) -> bool:
            basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
            posted = (form.get("client_id"), form.get("client_secret"))
            known = self.headers.get("Authorization") == f"Basic {basic}"
            return known or posted == (CLIENT_ID, CLIENT_SECRET)

        def _asked(self) -> tuple[str, dict[str, str]]:
            parts = urlsplit(self.path)
            return parts.path, {name: v[0] for name, v in parse_qs(parts.query).items()}

        def _json(self, value: object, status: int = 200) -> None:
            self._answer(status, "application/json", json.dumps(value))

        def _page(self, body: str) -> None:
            self._answer(200, "text/html; charset=utf-8", body)

        def _answer(self, status: int, kind: str, text: str) -> None:
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _go(self, where: str) -> None:
            self.send_response(302)
            self.send_header("Location", where)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    return Handler


def sign_in_page(provider: Provider, asked: dict[str, str]) -> str:
    """One link a person."""
    links = [
        f'<a href="/chosen?{escape(urlencode(asked | {"subject": subject}))}">{escape(subject)}</a>'
        for subject in provider.people
    ]
    return f"<!doctype html><title>Provider</title><h1>Who are you?</h1>{' '.join(links)}"


@contextmanager
def running(people: dict[str, dict[str, str]]) -> Iterator[Provider]:
    """The provider on a free port for as long as the block lasts."""
    provider = Provider(people)
    with served(handler(provider)) as provider.issuer:
        yield provider

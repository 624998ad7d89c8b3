"""How people get in here: by a provider, by the demo's switch, or not at all. Decided each run.

The demo's switch lets whoever reaches the server be anybody. So everything must speak for a server
that only this machine reaches: what it was bound to, and what the request says of its way here.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

PROVIDER, DEMO = "provider", "demo"
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
# What proxies add; a request that never left this machine has none of them.
FORWARDED = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP")


class Closed(Exception):
    """Nobody gets in; the message says what an operator has to change."""


def way_in() -> str:
    """PROVIDER or DEMO. Raises Closed for every other configuration."""
    if _provider_configured():
        if st.get_option("server.trustedUserHeaders"):
            raise Closed(
                "`server.trustedUserHeaders` is set: then a request may say who it comes from. "
                "Remove it; Northlight takes only the provider's word."
            )
        return PROVIDER
    if os.environ.get("NORTHLIGHT_DEMO") != "1":
        raise Closed(
            "No identity provider is configured. Add an `[auth]` section to "
            "`.streamlit/secrets.toml`; `.streamlit/secrets.toml.example` shows one."
        )
    if not (is_loopback(str(st.get_option("server.address"))) and came_over_loopback()):
        raise Closed(
            "The demo lets everybody be anybody, so it opens only on the machine that it runs on: "
            "go to http://localhost there. For other people configure an identity provider."
        )
    return DEMO


def came_over_loopback() -> bool:
    """Whether the request says nothing of another machine, by name, address or proxy."""
    # Streamlit tells no address of a client on this machine; AppTest's sessions have no client.
    elsewhere = isinstance(st.context.ip_address, str)
    return not elsewhere and headers_are_local(st.context.headers)


def headers_are_local(headers: Mapping[str, str]) -> bool:
    """Host and Origin both name this machine, and no proxy left a trace.

    The server's own health check and AppTest have no request at all; a browser always names a host.
    """
    if not headers:
        return True
    if any(name in headers for name in FORWARDED) or "Host" not in headers:
        return False
    origin = headers.get("Origin")
    local_origin = origin is None or is_loopback(urlsplit(origin).hostname or "")
    return local_origin and is_loopback(_hostname(headers["Host"]))


def is_loopback(host: str) -> bool:
    """Whether only this machine answers to that name."""
    return host.lower() in LOOPBACK


def providers() -> dict[str, str | None]:
    """What the sign-in buttons say, each with Streamlit's name of the provider."""
    named = [name for name, told in st.secrets["auth"].items() if isinstance(told, Mapping)]
    known = [name for name in named if name != "client_kwargs"]
    if not known:
        return {"Sign in": None}
    return {f"Sign in with {name.capitalize()}": name for name in known}


def _hostname(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _provider_configured() -> bool:
    """Whether an `[auth]` section is there, however incomplete; unreadable secrets raise Closed."""
    try:
        return "auth" in st.secrets
    except StreamlitSecretNotFoundError as error:
        files = [path for path in st.get_option("secrets.files") if Path(path).exists()]
        if files:
            raise Closed(f"{files[0]} cannot be read, so nobody gets in.") from error
        return False

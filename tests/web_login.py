"""The web process's login on a test database, as `./northlight up` prepares it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine

from queries.access.logins import PASSWORD_FILE, ensure_web_login, web_password, web_url
from queries.access.signing import ensure_signing_key, write_secret
from queries.access.token import Signer
from queries.engine import make_engine


@dataclass(frozen=True)
class Web:
    """What the web process has: its login and the signing key."""

    engine: Engine
    signer: Signer
    home: Path
    url: str = field(repr=False)


@contextmanager
def web_login(owner: Engine, home: Path) -> Iterator[Web]:
    """The login and the key in `home`, for as long as the block lasts."""
    # One for all tests: the login belongs to the server, and other modules are still connected.
    write_secret(home / PASSWORD_FILE, "only-for-the-tests-of-one-server")
    password = web_password(home)
    ensure_web_login(owner, password, own_database=True)
    signer = ensure_signing_key(owner, home)
    url = web_url(owner.url.render_as_string(hide_password=False), password)
    engine = make_engine(url, application="northlight-tests-web")
    yield Web(engine, signer, home, url)
    engine.dispose()

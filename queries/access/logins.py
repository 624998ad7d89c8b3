"""The login of the web process: it owns nothing, reads nothing in its own name, and borrows roles.

What it may borrow are the roles of people; never the worker's, which sees every row.
"""

import secrets
import time
from pathlib import Path

from psycopg import Connection as Driver
from psycopg import sql
from sqlalchemy import Connection, Engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import InternalError, ProgrammingError

from queries.access.signing import read_secret, write_secret
from queries.engine import first_line, psycopg_url
from queries.errors import LoginError
from queries.gate import writing

WEB_LOGIN = "northlight_web"
WEB_ROLES = tuple(
    f"northlight_{role}" for role in ("coach", "analyst", "product", "engineer", "operator")
)
# Two pools of 16, and room for a second process that takes over from the first.
CONNECTIONS = 64
ATTEMPTS = 6
PASSWORD_FILE = "web.password"
DOOR = (
    "northlight_auth.sign_in(text, text, text, bigint, text)",
    "northlight_auth.session_person(uuid)",
    "northlight_auth.end_session(uuid)",
    "northlight_auth.sign_out_everywhere(uuid)",
)
# Where the gate sets nothing, these hold: nothing the login does on its own takes long.
DEFAULTS = {
    "statement_timeout": "30s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "60s",
    "search_path": "pg_catalog",
}


def web_password(home: Path) -> str:
    """The web login's password, kept in the home; made at random the first time."""
    path = home / PASSWORD_FILE
    kept = read_secret(path)
    if not kept:
        kept = secrets.token_urlsafe(32)
        write_secret(path, kept)
    return kept


def web_url(owner_url: str, password: str, login: str = WEB_LOGIN) -> str:
    """The same database as the owner's URL, as the web login."""
    url = psycopg_url(owner_url).set(username=login, password=password)
    return url.render_as_string(hide_password=False)


def login_of(url: str) -> str:
    """Which login a URL names: of NORTHLIGHT_WEB_URL, say."""
    return make_url(url).username or ""


def ensure_web_login(
    engine: Engine, password: str | None, *, login: str = WEB_LOGIN, own_database: bool = False
) -> None:
    """Make the web login, or give an existing one exactly its rights in this database.

    Without a password the login must be there already and keeps its own. `own_database` says that
    nobody else uses this database: then everybody else is shut out of it too. Raises LoginError
    where the owner's login may not do that, with what an administrator has to run.
    """
    for attempt in range(ATTEMPTS):
        try:
            _ensure(engine, password, login, own_database)
            return
        except ProgrammingError as error:
            raise LoginError(_for_an_administrator(login, error)) from error
        except InternalError as error:
            # A login belongs to the whole server: another database of it may be changing it too.
            if attempt == ATTEMPTS - 1 or "concurrently updated" not in str(error):
                raise
            time.sleep(0.1 * 2**attempt)


def _ensure(engine: Engine, password: str | None, login: str, own_database: bool) -> None:
    with writing(engine) as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('northlight.logins'))"))
        _make(connection, login, password)
        _grant(connection, login)
        if own_database:
            _shut(connection)


def _for_an_administrator(login: str, error: ProgrammingError) -> str:
    return (
        f"The login {login} for the application could not be made: {first_line(error)} Let an "
        f"administrator make it (CREATE ROLE {login} LOGIN NOINHERIT) and grant it "
        f"{', '.join(WEB_ROLES)} WITH INHERIT FALSE, SET TRUE."
    )


def _make(connection: Connection, login: str, password: str | None) -> None:
    there = connection.execute(
        text("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = :login"), {"login": login}
    ).first()
    name = sql.Identifier(login)
    if there is None:
        _run(connection, sql.SQL("CREATE ROLE {} LOGIN NOINHERIT").format(name))
    elif there.rolsuper or there.rolbypassrls:
        raise LoginError(
            f"{login} is a superuser or passes by row security. The application needs a login of "
            "its own without rights: leave NORTHLIGHT_WEB_URL away, or name another."
        )
    if there is not None and password is None:
        return
    limited = sql.SQL("ALTER ROLE {} LOGIN NOINHERIT CONNECTION LIMIT {}")
    _run(connection, limited.format(name, sql.Literal(CONNECTIONS)))
    if password is not None:
        _set_password(connection, login, password)


def _set_password(connection: Connection, login: str, password: str) -> None:
    """As a SCRAM verifier: the password itself never reaches the server or its log."""
    driver: Driver = connection.connection.driver_connection  # type: ignore[assignment]
    secret = driver.pgconn.encrypt_password(password.encode(), login.encode(), b"scram-sha-256")
    statement = sql.SQL("ALTER ROLE {} PASSWORD {}")
    _run(connection, statement.format(sql.Identifier(login), sql.Literal(secret.decode())))


def _grant(connection: Connection, login: str) -> None:
    name = sql.Identifier(login)
    for setting, value in DEFAULTS.items():
        default = sql.SQL("ALTER ROLE {} IN DATABASE {} SET {} = {}")
        database = sql.Identifier(str(connection.engine.url.database))
        _run(connection, default.format(name, database, sql.Identifier(setting), value))
    for role in WEB_ROLES:
        borrowed = sql.SQL("GRANT {} TO {} WITH INHERIT FALSE, SET TRUE, ADMIN FALSE")
        _run(connection, borrowed.format(sql.Identifier(role), name))
    _run(connection, sql.SQL("GRANT USAGE ON SCHEMA northlight_auth TO {}").format(name))
    for function in DOOR:
        # Fixed text of this module: names of functions with their arguments.
        granted = sql.SQL("GRANT EXECUTE ON FUNCTION {} TO {}")
        _run(connection, granted.format(sql.SQL(function), name))
    _run(connection, _on_database(connection, "GRANT CONNECT ON DATABASE {} TO ", name))


def _shut(connection: Connection) -> None:
    public = sql.SQL("PUBLIC")
    _run(connection, _on_database(connection, "REVOKE ALL ON DATABASE {} FROM ", public))
    _run(connection, sql.SQL("REVOKE CREATE ON SCHEMA public FROM PUBLIC"))


def _on_database(connection: Connection, statement: str, who: sql.Composable) -> sql.Composed:
    database = sql.Identifier(str(connection.engine.url.database))
    return sql.SQL(statement).format(database) + who


def _run(connection: Connection, statement: sql.Composable) -> None:
    spelled = statement.as_string(connection.connection.driver_connection)
    connection.exec_driver_sql(spelled.replace("%", "%%"))

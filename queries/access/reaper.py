"""Stops, from outside, what the web process's statements were told to stop by themselves.

A statement smuggled into the web process can lift its own time limit, but not this one.
"""

from sqlalchemy import Engine, text

from queries.errors import LoginError
from queries.gate import writing

LONGEST_SECONDS = 30.0
# Logins that borrow people's roles and not the worker's: the web process's, whatever its name.
_WEB = (
    "pg_roles r WHERE NOT r.rolsuper AND r.rolcanlogin AND r.rolname <> session_user "
    "AND pg_has_role(r.oid, 'northlight_coach', 'SET') "
    "AND NOT pg_has_role(r.oid, 'northlight_worker', 'SET')"
)


def stop_runaways(engine: Engine, seconds: float = LONGEST_SECONDS) -> int:
    """End the web process's sessions in this database with an older transaction; how many.

    Ended, not cancelled: a statement can catch its cancellation. Raises LoginError where this login
    may not see or end them.
    """
    ended = text(
        "SELECT count(*) FILTER (WHERE pg_terminate_backend(a.pid)) FROM pg_stat_activity a "
        f"WHERE a.datname = current_database() AND a.usename IN (SELECT r.rolname FROM {_WEB}) "
        "AND a.xact_start < clock_timestamp() - make_interval(secs => :seconds)"
    )
    hidden = text(
        f"SELECT quote_ident(r.rolname), quote_ident(current_user) FROM {_WEB} "
        "AND NOT pg_has_role(r.oid, 'USAGE')"
    )
    with writing(engine) as connection:
        for login, mine in connection.execute(hidden):
            raise LoginError(
                f"Runaway statements of {login} cannot be stopped: {mine} may not end its "
                f"sessions. Let an administrator run `GRANT {login} TO {mine} WITH INHERIT TRUE`."
            )
        return int(connection.execute(ended, {"seconds": seconds}).scalar_one())

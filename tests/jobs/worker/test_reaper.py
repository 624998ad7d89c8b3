"""A statement of the web process that lifts its own limits is ended from outside."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from jobs.worker.reaper import runaways_stopped
from queries.access.reaper import stop_runaways
from queries.errors import ServerError
from queries.gate import WORKER, Gate, writing
from tests.web_login import web_login


def run_away(web: Engine) -> None:
    with web.connect() as connection, connection.begin():
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("SELECT pg_sleep(60)"))


def test_a_runaway_of_the_web_login_is_ended_and_the_workers_own_is_not(
    engine: Engine, tmp_path: Path
) -> None:
    with web_login(engine, tmp_path) as web, ThreadPoolExecutor(1) as threads:
        runaway = threads.submit(run_away, web.engine)
        said: list[str] = []
        with (
            writing(engine) as own,
            runaways_stopped(Gate(engine, WORKER), said.append, longest=0.5, every=0.2),
        ):
            own.execute(text("SELECT pg_sleep(2)"))
            with pytest.raises(ServerError, match="went away"):
                runaway.result(timeout=10)
            assert own.execute(text("SELECT 1")).scalar() == 1
        assert said == ["Stopped 1 transaction(s) of the application after 0.5 s."]


def test_a_short_transaction_is_left_alone(engine: Engine, tmp_path: Path) -> None:
    with web_login(engine, tmp_path) as web, web.engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        time.sleep(0.2)
        assert stop_runaways(engine, 5) == 0
        assert connection.execute(text("SELECT 1")).scalar() == 1

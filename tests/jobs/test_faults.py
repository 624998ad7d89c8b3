"""A log says what went wrong and where, and no word of anybody's text."""

import logging

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

import pages.shared.database  # noqa: F401 - the application's own logging
from jobs.faults import PLACE_ONLY, place_of
from queries.gate import Gate

CANARY = "zqcanary"


def quoted(gate: Gate) -> DBAPIError:
    with pytest.raises(DBAPIError) as caught:
        gate.value(text(f"SELECT CAST('I slept {CANARY}' AS integer) AS read_{CANARY[:2]}"))
    assert CANARY in str(caught.value.orig)
    return caught.value


def test_the_kind_and_the_place_are_told_and_not_the_words(gate: Gate) -> None:
    told = place_of(quoted(gate))
    assert told.startswith("DataError")
    assert "InvalidTextRepresentation (22P02)" in told
    assert "in value" in told
    assert CANARY not in told


def test_what_streamlit_logs_of_a_page_that_failed_has_no_words(
    gate: Gate, caplog: pytest.LogCaptureFixture
) -> None:
    logger = logging.getLogger("streamlit.error_util")
    assert PLACE_ONLY in logger.filters
    logger.addHandler(caplog.handler)
    logger.error("Uncaught app execution", exc_info=quoted(gate))
    logger.removeHandler(caplog.handler)
    assert "DataError" in caplog.text
    assert CANARY not in caplog.text

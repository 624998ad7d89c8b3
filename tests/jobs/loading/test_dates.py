"""Dates as people write them."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from jobs.loading import dates

NOON = datetime(2024, 3, 5, 12, 30, tzinfo=UTC)
DAY = datetime(2024, 3, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2024-03-05", DAY),
        ("2024-03-05T12:30:00", NOON),
        ("2024-03-05 12:30", NOON),
        ("2024-03-05T12:30:00Z", NOON),
        ("2024-03-05T14:30:00+02:00", NOON),
        ("2024-03-05 14:30:00 +0200", NOON),
        ("2024-03-05 12:30:00 UTC", NOON),
        ("2024-03-05T12:30:00.000+00:00", NOON),
        ("2024/03/05", DAY),
        ("2024/3/5 12:30", NOON),
        ("05.03.2024", DAY),
        ("5.3.2024 12:30", NOON),
        ("Tue, 05 Mar 2024 12:30:00 GMT", NOON),
        ("Tue, 05 Mar 2024 14:30:00 +0200", NOON),
        ("5 March 2024", DAY),
        ("March 5, 2024", DAY),
        ("Mar 5 2024", DAY),
        (" 2024-03-05 ", DAY),
        (date(2024, 3, 5), DAY),
        (NOON.astimezone(timezone(timedelta(hours=-7))), NOON),
    ],
)
def test_a_date_is_read(written: object, moment: datetime) -> None:
    assert dates.parse(written) == moment


@pytest.mark.parametrize(
    "written", ["", "soon", "2024-13-01", "2024-02-30", "12", "20240305", "1.5", "5/2024", 7, 1e300,
                True, "0000-00-00", "2024-03-05T25:00", "9999-12-31T23:59:59-14:00"],
)  # fmt: skip
def test_what_is_no_date_is_refused(written: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any reason will do
        dates.parse(written)


@pytest.mark.parametrize(
    "written", [1709641800, "1709641800", 1709641800000, "1709641800000", 1709641800000000]
)
def test_seconds_since_1970_are_read_where_they_are_meant(written: object) -> None:
    assert dates.parse(written, epochs=True) == NOON
    with pytest.raises(ValueError, match="not a date"):
        dates.parse(written)


def test_day_and_month_are_not_guessed() -> None:
    with pytest.raises(dates.Ambiguous):
        dates.parse("03/05/2024")
    assert dates.parse("03/05/2024", day_first=False) == DAY
    assert dates.parse("05/03/2024", day_first=True) == DAY
    assert dates.parse("03/25/2024 01:30 PM").hour == 13
    assert dates.day_first([(3, 4), (25, 4)]) is True
    assert dates.day_first([(3, 4), (4, 25)]) is False
    assert dates.day_first([(3, 4), (4, 5)]) is None


def test_a_date_without_separators_counts_only_where_dates_are_expected() -> None:
    assert dates.parse("20240305", epochs=True) == DAY
    for written, expected in (("20240305", False), ("20241305", True), ("18240305", True)):
        with pytest.raises(ValueError, match=r"not a date|data remains"):
            dates.parse(written, epochs=expected)

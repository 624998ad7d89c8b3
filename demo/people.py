"""The coaching programme as it is written down in `demo/coaching`.

Twenty-four exercises, three coaches, sixty people, twenty-six weeks. A time in a file is a day of
the programme and the clock where the person lives.
"""

import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from demo.rows import stable_id

FOLDER = Path(__file__).resolve().parent / "coaching"
FIRST_DAY = date(2026, 2, 16)
DAYS = 26 * 7
BEGAN = datetime.combine(FIRST_DAY, time(), UTC)
COACHES = {
    "ines": ("Ines", "Carvalho"),
    "tomasz": ("Tomasz", "Wieczorek"),
    "leila": ("Leila", "Haddad"),
}


@dataclass(frozen=True)
class Person:
    """One person's file."""

    user_id: str
    told: dict[str, Any]

    @property
    def about(self) -> dict[str, Any]:
        """What the file says of the person: names, coach, time zone, focus."""
        return dict(self.told["person"])

    def items(self, kind: str) -> list[dict[str, Any]]:
        """The person's responses, entries, avatar exchanges or sessions, as written."""
        return list(self.told.get(kind, []))

    def at(self, moment: str) -> datetime:
        """`12T07:40` - day 12 of the programme, 07:40 where the person lives."""
        day, _, clock = moment.partition("T")
        local = datetime.combine(FIRST_DAY + timedelta(days=int(day)), time.fromisoformat(clock))
        return local.replace(tzinfo=ZoneInfo(self.about["timezone"]))

    def response_id(self, number: int) -> UUID:
        """The id of the person's response of that number, counted from 1."""
        response = self.items("response")[number - 1]
        return stable_id("response", self.user_id, response["exercise"], response["at"])


def coach_id(coach: str) -> str:
    """The user id of a coach named in a person's file: `ines` is `ines-carvalho`."""
    return "-".join(COACHES[coach]).lower()


def people(folder: Path = FOLDER) -> list[Person]:
    """Everybody in the programme, by user id."""
    return [Person(path.stem, _read(path)) for path in sorted((folder / "people").glob("*.toml"))]


def exercises(folder: Path = FOLDER) -> list[dict[str, Any]]:
    """The exercises in the order of the programme, as written."""
    return list(_read(folder / "exercises.toml")["exercise"])


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))

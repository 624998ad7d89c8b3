"""The installed packages as things a community published: rows of the schema `community`.

A package is a repository on a code host, a section of its description that teaches is a tutorial,
and dated release notes are a post of that day. Who made it is a stable handle, never a name.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from demo.packages import Package, without_addresses
from demo.prose import Section, sections
from demo.rows import Columns, Rows, handle, stable_id

TEACHING = re.compile(
    r"(basic |simple |example )?(usage|install\w*|getting started|quick ?start|tutorial|examples?|"
    r"a simple example|how to use|features|overview|introduction|about|motivation)\W*",
    re.IGNORECASE,
)
MONTHS = "january february march april may june july august september october november december"
DATES = (
    re.compile(r"(?P<year>20\d\d)-(?P<month>\d\d)-(?P<day>\d\d)"),
    re.compile(
        r"(?P<month>[A-Z][a-z]{2,8})\.? (?P<day>\d{1,2})(?:st|nd|rd|th)?,? (?P<year>20\d\d)"
    ),
    re.compile(
        r"(?P<day>\d{1,2})(?:st|nd|rd|th)? (?P<month>[A-Z][a-z]{2,8})\.?,? (?P<year>20\d\d)"
    ),
)
MOST_OF_A_PACKAGE = 40
CONTENT: Columns = ("id", "user_id", "title", "description", "content_type", "visibility")
CONTENT += ("publish_date", "tags", "is_claimed")


def hub(packages: Sequence[Package]) -> list[Rows]:
    """The rows of `community`, a table after those it refers to."""
    told = [package for package in packages if package.summary]
    content = [row for package in told for row in (_repository(package), *_parts(package))]
    return [
        _users(told),
        Rows("community.content", CONTENT, ("id",), content),
        _urls(told),
    ]


def date_in(heading: str) -> datetime | None:
    """The day a heading names, at midnight UTC; None if it names none."""
    for pattern in DATES:
        if (match := pattern.search(heading)) and (month := _month(match["month"])):
            try:
                return datetime(int(match["year"]), month, int(match["day"]), tzinfo=UTC)
            except ValueError:
                return None
    return None


def _month(written: str) -> int:
    """1 to 12 from digits or an English name, whole or its first letters; 0 for anything else."""
    if written.isdigit():
        return int(written)
    names = MONTHS.split()
    return next((n for n, name in enumerate(names, 1) if name.startswith(written.lower())), 0)


def _users(packages: Sequence[Package]) -> Rows:
    columns = ("id", "username", "profile_slug", "default_visibility")
    makers = sorted({handle(package.made_by) for package in packages})
    rows = [(stable_id("member", maker), maker, maker, "public") for maker in makers]
    return Rows("community.users", columns, ("id",), rows)


def _urls(packages: Sequence[Package]) -> Rows:
    rows = [
        (stable_id("url", package.name, url), stable_id("content", package.name), url)
        for package in packages
        for url in package.urls
    ]
    return Rows("community.content_urls", ("id", "content_id", "url"), ("id",), rows)


def _repository(package: Package) -> tuple[Any, ...]:
    content = stable_id("content", package.name)
    return _row(package, content, package.name, package.summary, "github", None)


def _parts(package: Package) -> Iterator[tuple[Any, ...]]:
    found = [
        (part, date_in(part.heading)) for part in sections(without_addresses(package.description))
    ]
    kept = [(part, day) for part, day in found if day or TEACHING.fullmatch(part.heading)]
    for part, day in kept[:MOST_OF_A_PACKAGE]:
        yield _part(package, part, day)


def _part(package: Package, part: Section, day: datetime | None) -> tuple[Any, ...]:
    content = stable_id("content", package.name, part.heading, part.place)
    title = f"{package.name}: {part.heading}"[:500]
    return _row(package, content, title, part.text, "blog" if day else "tutorial", day)


def _row(
    package: Package, content: UUID, title: str, text: str, kind: str, day: datetime | None
) -> tuple[Any, ...]:
    maker = stable_id("member", handle(package.made_by))
    return (content, maker, title, text, kind, "public", day, package.topics[:20], False)

"""What an analyst reads: no e-mail, number, address or name, and the rest as it was written."""

import pytest
from sqlalchemy import Engine, text

from queries.gate import writing

NAMES = {"réka": False, "bolívar": False, "brien": False, "grace": True, "may": True, "will": True}


@pytest.fixture(scope="module")
def names(engine: Engine) -> Engine:
    statement = text("INSERT INTO northlight_auth.known_name VALUES (:name, :word)")
    with writing(engine) as connection:
        connection.execute(statement, [{"name": n, "word": word} for n, word in NAMES.items()])
    return engine


def masked(engine: Engine, plain: str | None) -> str | None:
    with writing(engine) as connection:
        statement = text("SELECT northlight_auth.masked(CAST(:plain AS text))")
        found: str | None = connection.execute(statement, {"plain": plain}).scalar()
        return found


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Réka called, then réka's mother", "[name] called, then [name]'s mother"),
        ("Réka Bolívar and RÉKA", "[name] and [name]"),
        ("O'Brien came", "O'[name] came"),
        ("told Grace and grace itself", "told [name] and grace itself"),
        ("for Grace, with grace", "for [name], with grace"),
        ("I hope May comes", "I hope [name] comes"),
        ("since May we wait, May 4 at last", "since May we wait, May 4 at last"),
        ("Will I go? I will.", "Will I go? I will."),
        ("so Will went", "so [name] went"),
        ("Mrs Petrakis and Dr. Fukui", "Mrs [name] and Dr. [name]"),
        ("my sister Anagha rang", "my sister [name] rang"),
        ("my boss Monday to Friday", "my boss Monday to Friday"),
        ("write to a.b@example.org now", "write to [e-mail] now"),
        ("see https://example.org/x?y=1 there", "see [link] there"),
        ("ring +44 20 7946 0958 or 020-7946-0958", "ring [number] or [number]"),
        ("on 2026-05-03 at 07:40", "on 2026-05-03 at 07:40"),
        ("from 2015. 112 days", "from 2015. 112 days"),
        ("at 12 Old Kent Road today", "at [address] today"),
        ("in the Lindengasse 7", "in the [address]"),
        ("nothing to hide", "nothing to hide"),
        ("", ""),
        (None, None),
    ],
)
def test_only_what_points_at_somebody_is_replaced(
    names: Engine, written: str | None, shown: str | None
) -> None:
    assert masked(names, written) == shown

"""Names on the masking list that only one person's texts brought there."""

from sqlalchemy import Connection, text

from queries.identifiers import identifier, joined_name, quoted
from queries.people.person_tables import declared

_WORDS = (
    "SELECT lower(m[1]) FROM ({told}) told (said), "
    "regexp_matches(told.said, '([[:alpha:]]{{3,}})', 'g') m"
)
_PROFILES = "SELECT concat_ws(' ', u.first_name, u.last_name) FROM playbook.user_profiles u"


def names_told(connection: Connection, system: str, owner: str) -> list[str]:
    """Known names in the person's texts, and the person's own."""
    said = []
    for collection in declared(connection):
        if collection.group == system and collection.owner:
            columns = ", ".join(f"t.{identifier(joined_name(name))}" for name in collection.text)
            whose = identifier(joined_name(collection.owner))
            said.append(
                f"SELECT concat_ws(' ', {columns}) FROM {identifier(collection.table)} t "
                f"WHERE t.{whose}::text = :owner"
            )
    if system == "playbook" and _profiles(connection):
        said.append(f"{_PROFILES} WHERE u.user_id = :owner")
    if not said:
        return []
    words = _WORDS.format(told=" UNION ALL ".join(said))
    statement = f"SELECT name FROM northlight_auth.known_name WHERE name IN ({words})"
    return list(connection.execute(text(statement), {"owner": owner}).scalars())


def forget_names(connection: Connection, names: list[str]) -> None:
    """Take those off the list that no text and no client that is left has: nothing to mask."""
    if not names:
        return
    said = [
        f"SELECT text FROM northlight_worker.{quoted(c.name)} WHERE text ~* :any"
        for c in declared(connection)
        if c.personal
    ]
    said += [_PROFILES] if _profiles(connection) else ["SELECT ''"]
    words = _WORDS.format(told=" UNION ALL ".join(said))
    connection.execute(
        text(
            "DELETE FROM northlight_auth.known_name WHERE name = ANY (:names) "
            f"AND name NOT IN ({words})"
        ),
        {"names": names, "any": r"\m(" + "|".join(names) + r")\M"},
    )


def _profiles(connection: Connection) -> bool:
    there = connection.execute(text("SELECT to_regclass('playbook.user_profiles') IS NOT NULL"))
    return bool(there.scalar())

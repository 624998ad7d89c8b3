"""What each role reaches of a collection: the conditions that its views are made with.

Who asks is not a matter of the role, which anybody with the login can take, but of the signed token
behind it (migrations/0003_identity.sql). A condition that is the same for all rows (`right`) is one
answer a statement: without it nothing is scanned at all.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from queries.collection import Collection
from queries.identifiers import literal, quoted

WORKER, COACH, ANALYST = "northlight_worker", "northlight_coach", "northlight_analyst"
ENGINEER, OPERATOR = "northlight_engineer", "northlight_operator"
# Systems whose ownerless collections are material for everybody who works in them.
COACHING = "playbook"


@dataclass(frozen=True)
class Reach:
    """One role's reach: `right` is asked once a statement, `rows` of each row of the table `t`.

    `withheld` is the opposite of `rows`, where the rows out of reach are few: true of those.
    `narrow` rows are few: the view is a security barrier, and its words and lexemes are worked out
    from the rows in scope. Where the reach is wide but not every row is in it, a barrier would have
    every text of the table masked at each search; there a row out of reach has no text instead.
    """

    role: str
    right: str = ""
    rows: str = ""
    withheld: str = ""
    narrow: bool = False
    pseudonymous: bool = False

    @property
    def conditions(self) -> list[str]:
        """Those that there are."""
        return [condition for condition in (self.right, self.rows) if condition]


def reaches(collection: Collection) -> Iterator[Reach]:
    """The roles that may open a collection at all, and how."""
    yield Reach(WORKER)
    yield Reach(OPERATOR, _may_read("operator", collection))
    yield Reach(
        ANALYST,
        _may_read("analyst", collection),
        _consenting(collection),
        _withheld(collection),
        pseudonymous=collection.personal,
    )
    yield Reach(ENGINEER, _may_read("engineer", collection))
    if collection.group == COACHING:
        yield _as_coach(collection)


def _as_coach(collection: Collection) -> Reach:
    """Own clients' rows; of a collection without owners, every row."""
    if collection.owner is None:
        return Reach(COACH, "(SELECT northlight_auth.person_as('coach')) IS NOT NULL")
    clients = f"northlight_auth.own_clients({literal(collection.group)})"
    # An array from a sub-select is worked out once and uses an index on the owner column.
    own = f"t.{quoted(collection.owner)}::text = ANY (ARRAY(SELECT unnest({clients})))"
    return Reach(COACH, rows=own, narrow=True)


def _consenting(collection: Collection) -> str:
    """Rows of nobody, and of owners who did not withdraw."""
    if collection.owner is None:
        return ""
    owner = f"t.{quoted(collection.owner)}"
    return f"({owner} IS NULL OR {owner}::text <> ALL (ARRAY({_withdrawn(collection)})))"


def _withheld(collection: Collection) -> str:
    """Rows of owners who withdrew; where nobody did, known before any row is looked at."""
    if collection.owner is None:
        return ""
    withdrawn = _withdrawn(collection)
    owner = f"t.{quoted(collection.owner)}::text"
    return f"(SELECT EXISTS ({withdrawn})) AND {owner} IN ({withdrawn})"


def _withdrawn(collection: Collection) -> str:
    """The table is asked, not a function: who may call one may call it alone, and hears who
    withdrew."""
    return (
        "SELECT w.owner FROM northlight_auth.withdrawal w "
        f"WHERE w.system = {literal(collection.group)} AND w.purpose = 'research'"
    )


def _may_read(role: str, collection: Collection) -> str:
    arguments = ", ".join(map(literal, (role, collection.name, collection.group)))
    return f"(SELECT northlight_auth.may_read({arguments}))"

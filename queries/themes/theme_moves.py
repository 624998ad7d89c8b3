"""Moving rows between themes of one run, and what the run tells of those themes."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, text

from queries.collection import Collection
from queries.maps.store_run import count

DESCRIBED = ("parent_id", "terms", "representatives", "stability", "separation", "rival_id")
PLACED = ("x", "y", "centroid")
SHOWN = 6  # representatives and, twice as many, terms of a joined theme


def stored(connection: Connection, run_id: int, theme_id: int) -> dict[str, Any]:
    """What the run tells of the theme, as plain values that `describe` takes back."""
    found = connection.execute(
        text(
            "SELECT parent_id, size, terms, representatives, stability, separation, rival_id, x, "
            "y, centroid::text AS centroid FROM northlight.theme_in_run "
            "WHERE run_id = :run AND theme_id = :theme"
        ),
        {"run": run_id, "theme": theme_id},
    ).one()
    return dict(found._mapping)


def describe(
    connection: Connection, run_id: int, theme_id: int, described: Mapping[str, Any]
) -> None:
    """Tell this of the theme: of its parent, terms, representatives, place and centroid."""
    named = [name for name in (*DESCRIBED, *PLACED) if name in described]
    values = ", ".join(
        f"{name} = CAST(:{name} AS halfvec)" if name == "centroid" else f"{name} = :{name}"
        for name in named
    )
    connection.execute(
        text(
            f"UPDATE northlight.theme_in_run SET {values} WHERE run_id = :run AND theme_id = :theme"
        ),
        {"run": run_id, "theme": theme_id} | {name: described[name] for name in named},
    )


def children(connection: Connection, run_id: int, theme_id: int) -> list[int]:
    """The themes directly below."""
    found = connection.execute(
        text(
            "SELECT theme_id FROM northlight.theme_in_run "
            "WHERE run_id = :run AND parent_id = :theme ORDER BY theme_id"
        ),
        {"run": run_id, "theme": theme_id},
    )
    return list(found.scalars())


def adopt(connection: Connection, run_id: int, theme_id: int, below: Sequence[int]) -> None:
    """Put these themes below the theme."""
    connection.execute(
        text(
            "UPDATE northlight.theme_in_run SET parent_id = :theme "
            "WHERE run_id = :run AND theme_id = ANY(:below)"
        ),
        {"run": run_id, "theme": theme_id, "below": list(below)},
    )


def remember_rows(connection: Connection, edit_id: int, run_id: int, theme_id: int) -> None:
    """Keep which rows the theme has now."""
    connection.execute(
        text(
            "INSERT INTO northlight.theme_edit_row SELECT :edit, row_id FROM northlight.point "
            "WHERE run_id = :run AND theme_id = :theme"
        ),
        {"edit": edit_id, "run": run_id, "theme": theme_id},
    )


def join(connection: Connection, run_id: int, theme_id: int, into: int) -> None:
    """Everything of one theme becomes the other's; the run no longer knows the first."""
    _tell_joined(connection, run_id, theme_id, into)
    given = {"run": run_id, "theme": theme_id, "into": into}
    for change in (
        "UPDATE northlight.point SET theme_id = :into WHERE run_id = :run AND theme_id = :theme",
        "UPDATE northlight.theme_in_run SET parent_id = :into "
        "WHERE run_id = :run AND parent_id = :theme",
        "UPDATE northlight.theme_in_run SET rival_id = nullif(:into, theme_id) "
        "WHERE run_id = :run AND rival_id = :theme",
        "DELETE FROM northlight.theme_in_run WHERE run_id = :run AND theme_id = :theme",
    ):
        connection.execute(text(change), given)


def divide(
    connection: Connection,
    edit_id: int,
    run_id: int,
    theme_id: int,
    part_id: int,
    rows: Sequence[str],
) -> None:
    """Give rows of a theme to a new one, which starts as a copy of what the run tells of it."""
    connection.execute(
        text(
            "INSERT INTO northlight.theme_in_run (run_id, theme_id, parent_id, size, terms, "
            "representatives, x, y, centroid) SELECT run_id, :part, parent_id, 0, '{}', '{}', x, "
            "y, centroid FROM northlight.theme_in_run WHERE run_id = :run AND theme_id = :theme"
        ),
        {"part": part_id, "run": run_id, "theme": theme_id},
    )
    _move(connection, run_id, theme_id, part_id, rows)
    remember_rows(connection, edit_id, run_id, part_id)


def separate(
    connection: Connection,
    edit_id: int,
    run_id: int,
    theme_id: int,
    from_id: int,
    described: Mapping[str, Any],
) -> None:
    """Give the rows that an edit moved back to their theme, where they still are as it left them.

    A theme that would come back without a row stays away.
    """
    rows = connection.execute(
        text(
            "SELECT p.row_id FROM northlight.point p JOIN northlight.theme_edit_row e "
            "ON e.row_id = p.row_id AND e.edit_id = :edit "
            "WHERE p.run_id = :run AND p.theme_id = :from"
        ),
        {"edit": edit_id, "run": run_id, "from": from_id},
    ).scalars()
    moved = list(rows)
    if not moved and described["parent_id"] is not None:
        return
    _insert_again(connection, run_id, theme_id, from_id, described)
    _move(connection, run_id, from_id, theme_id, moved)


def retire(connection: Connection, theme_id: int) -> None:
    """The theme is on no map any more."""
    connection.execute(
        text("UPDATE northlight.theme SET retired_at = now() WHERE id = :id"), {"id": theme_id}
    )


def recount(connection: Connection, collection: Collection, run_id: int) -> None:
    """Sizes and owners of every theme of the run, as its points have it now."""
    count(connection, collection, run_id)


def _move(
    connection: Connection, run_id: int, theme_id: int, to_id: int, rows: Sequence[str]
) -> None:
    connection.execute(
        text(
            "UPDATE northlight.point SET theme_id = :to "
            "WHERE run_id = :run AND theme_id = :theme AND row_id = ANY(:rows)"
        ),
        {"to": to_id, "run": run_id, "theme": theme_id, "rows": list(rows)},
    )


def _insert_again(
    connection: Connection, run_id: int, theme_id: int, beside: int, described: Mapping[str, Any]
) -> None:
    """Under its old parent if the run has that, else under the parent of the theme beside it."""
    connection.execute(
        text(
            "INSERT INTO northlight.theme_in_run (run_id, theme_id, parent_id, size, terms, "
            "representatives, stability, separation, x, y, centroid) SELECT f.run_id, :theme, "
            "CASE WHEN CAST(:parent AS integer) IN (SELECT theme_id FROM northlight.theme_in_run "
            "  WHERE run_id = :run) THEN :parent ELSE f.parent_id END, 0, :terms, "
            ":representatives, :stability, :separation, :x, :y, CAST(:centroid AS halfvec) "
            "FROM northlight.theme_in_run f WHERE f.run_id = :run AND f.theme_id = :beside"
        ),
        {
            "run": run_id,
            "theme": theme_id,
            "beside": beside,
            "parent": described["parent_id"],
            **{name: described[name] for name in ("terms", "representatives", "stability")},
            **{name: described[name] for name in ("separation", "x", "y", "centroid")},
        },
    )


def _tell_joined(connection: Connection, run_id: int, theme_id: int, into: int) -> None:
    """Until the next fit the joined theme is told by both in turn; it stands where both do."""
    mine, other = (stored(connection, run_id, id) for id in (theme_id, into))
    share = mine["size"] / max(mine["size"] + other["size"], 1)
    pairs = zip(json.loads(mine["centroid"]), json.loads(other["centroid"]), strict=True)
    middle = [share * one + (1 - share) * two for one, two in pairs]
    length = max(sum(value * value for value in middle) ** 0.5, 1e-9)
    described = {
        "terms": _in_turn(other["terms"], mine["terms"])[: 2 * SHOWN],
        "representatives": _in_turn(other["representatives"], mine["representatives"])[:SHOWN],
        "stability": None,
        "separation": None,
        "x": share * mine["x"] + (1 - share) * other["x"],
        "y": share * mine["y"] + (1 - share) * other["y"],
        "centroid": "[" + ",".join(f"{value / length:.5f}" for value in middle) + "]",
    }
    describe(connection, run_id, into, described)


def _in_turn(first: Sequence[str], second: Sequence[str]) -> list[str]:
    longest = max(len(first), len(second))
    mixed = [
        some[place] for place in range(longest) for some in (first, second) if place < len(some)
    ]
    return list(dict.fromkeys(mixed))

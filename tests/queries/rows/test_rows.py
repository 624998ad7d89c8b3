from queries.collection import Collection
from queries.filters import Filters
from queries.gate import Gate
from queries.rows import rows


def test_rows_come_in_the_order_asked_for(world: Gate, notes: Collection) -> None:
    found = rows.by_ids(world, notes, ["30", "2", "11"])
    assert found["row_id"].tolist() == ["30", "2", "11"]
    assert list(found) == ["row_id", "text", "title", "owner", "time", "mood", "tags"]


def test_ids_that_no_row_has_are_left_out(world: Gate, notes: Collection) -> None:
    assert rows.by_ids(world, notes, ["7", "999", "x", "9" * 30])["row_id"].tolist() == ["7"]


def test_no_ids_give_no_rows(world: Gate, notes: Collection) -> None:
    assert rows.by_ids(world, notes, []).empty


def test_a_uuid_key_is_compared_as_one(world: Gate, bare: Collection) -> None:
    some = rows.newest(world, bare, Filters(), 1)["row_id"].iat[0]
    assert rows.by_ids(world, bare, [some, "no uuid"])["row_id"].tolist() == [some]


def test_the_newest_rows_come_first(world: Gate, notes: Collection) -> None:
    assert rows.newest(world, notes, Filters(), 2)["row_id"].tolist() == ["90", "89"]


def test_rows_are_found_by_their_primary_key(notes: Collection) -> None:
    assert "notes.id = ANY" in str(rows.by_ids_statement(notes, ["1"]))

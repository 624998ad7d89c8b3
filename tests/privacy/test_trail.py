"""The audit and the limits."""

from tests.privacy import proofs
from tests.privacy.paths import PATHS, Asked
from tests.privacy.world import World

# Paths whose answers hold people's text.
TEXT = ("rows.by_ids", "rows.newest", "search.search", "neighbours.of_row", "points.inside")
TEXT += ("themes.members", "texts.texts", "texts.nameless", "texts.masked", "groups.group")
TEXT += ("selected.inside",)
TEXT += ("search.nearest_to", "shared_words.shared_words")


def test_every_read_of_text_is_recorded_with_it(world: World) -> None:
    proofs.prove_audit(world)


def test_whatever_hands_out_a_clients_word_leaves_an_entry(world: World) -> None:
    mine = set(world.canaries.values()) - world.foreign("coach 0")
    asked = Asked(
        world, world.gate("coach 0"), world.collections["own"], proofs._ids_of(world, "own")
    )
    for name, path in PATHS.items():
        if path.worker_only or name.split(" ")[0] in (
            "facets.counts",
            "facet_counts.all_counts",
            "points.points",
            "role_values.role_values",
        ):
            continue  # values of a facet, which here hold the word
        before = len(proofs._entries(world))
        said = proofs.told(proofs.ask(path, asked))
        recorded = len(proofs._entries(world)) > before
        assert recorded or name.split(" ")[0] not in TEXT, name
        assert recorded or not [word for word in mine if word in said], name


def test_the_question_is_not_kept_as_it_was_typed(world: World) -> None:
    question = "a question that nobody else would ask"
    gate, notes = world.gate("coach 0"), world.collections["own"]
    vector = world.vector(question)
    for _ in range(2):
        proofs.search(gate, notes, question, vector, proofs.Filters())
    entries = world.sql("SELECT a::text, question FROM northlight_auth.audit a ORDER BY id DESC")
    assert not [entry for entry, _ in entries if question in entry]
    assert entries[0][1] == entries[1][1] != None  # noqa: E711


def test_a_changed_or_missing_entry_is_found(world: World) -> None:
    proofs.prove_audit(world)
    tampers = (
        "UPDATE northlight_auth.audit SET row_count = row_count + 1 WHERE id = :id",
        "UPDATE northlight_auth.audit SET scope = 'nothing' WHERE id = :id",
        "DELETE FROM northlight_auth.audit WHERE id = :id",
    )
    assert world.sql("SELECT * FROM northlight_auth.broken_audit()") == []
    for tamper in tampers:
        entry = proofs._entries(world)[-2][0]
        copy = "CREATE TEMP TABLE kept ON COMMIT DROP AS TABLE northlight_auth.audit"
        with proofs.writing(world.owner) as connection:
            connection.execute(proofs.text(copy))
            connection.execute(proofs.text(tamper), {"id": entry})
            broken = connection.execute(proofs.text("SELECT * FROM northlight_auth.broken_audit()"))
            assert len(broken.fetchall()) >= 1, tamper
            connection.rollback()


def test_over_the_allowance_nothing_is_read(world: World) -> None:
    proofs.prove_limits(world)

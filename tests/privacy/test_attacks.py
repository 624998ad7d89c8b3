"""Attacks: forged tokens, hostile SQL, connections that change hands."""

from sqlalchemy import event, text

from queries.engine import make_engine
from tests.privacy import proofs
from tests.privacy.world import World


def test_no_forged_token_is_accepted(world: World) -> None:
    assert proofs.prove_tokens(world, 1000) == 1000


def test_hostile_sql_in_a_coachs_transaction_brings_nothing_of_others_to_light(
    world: World,
) -> None:
    assert proofs.prove_hostile(world) >= 200


def test_an_error_tells_only_of_rows_in_scope(world: World) -> None:
    proofs.prove_barrier(world)


def test_no_index_over_everybodys_vectors_is_used_for_a_coach(world: World) -> None:
    proofs.prove_plan(world)


def test_readers_who_share_connections_are_never_mixed_up(world: World) -> None:
    assert proofs.prove_pool(world, 2000, kills=10) == 2000


def test_readers_behind_a_pooler_are_never_mixed_up(world: World) -> None:
    """A pooler by transaction tells another number than the backend's: it is asked for each time.

    Here nobody tells any; with PgBouncer itself it was proven by hand (docs/security.md).
    """
    kept, url = world.web, world.web.url.render_as_string(hide_password=False)
    world.web = make_engine(url, application="northlight-tests-web")
    event.listen(world.web, "checkout", lambda _driver, record, _: record.info.clear())
    try:
        assert proofs.prove_pool(world, 300, kills=5) == 300
        proofs.prove_refusals(world)
    finally:
        world.web.dispose()
        world.web = kept


def test_an_analyst_gets_no_vector(world: World) -> None:
    for view in ("own", "inplace", "twin"):
        for statement in (
            f"SELECT embedding FROM northlight_analyst.{view}",
            f"SELECT vector FROM northlight_analyst.{view}",
            f"SELECT t.vector FROM {world.collections[view].table} t",
            "SELECT embedding FROM northlight.embedding",
            "SELECT centroid FROM northlight.theme_in_run",
            f"SELECT avg(embedding) FROM northlight_worker.{view}",
        ):
            said = proofs.run_hostile(world, "analyst 0", statement)
            assert "permission denied" in said or "does not exist" in said, statement


def test_an_analyst_is_told_no_owner_by_any_function(world: World) -> None:
    owner = world.clients("coach 0")[0]
    world.withdraw(owner, "research")
    for call in (f"pseudonym('playbook', '{owner}')", "withdrawn('playbook', 'research')"):
        said = proofs.run_hostile(world, "analyst 0", f"SELECT northlight_auth.{call}")
        assert "permission denied" in said


def test_secrets_in_texts_are_masked_for_analysts(world: World) -> None:
    proofs.prove_masked(world)


def test_pseudonyms_are_those_of_the_database(world: World) -> None:
    found = world.gate("analyst 0").rows(text("SELECT DISTINCT owner FROM own"))
    wanted = {
        str(world.sql("SELECT northlight_auth.pseudonym('playbook', :o)", o=owner)[0][0])
        for owner in world.owners()
    }
    assert {row.owner for row in found} == wanted

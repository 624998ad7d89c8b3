"""Rights as they change: what is given or taken counts from the next transaction."""

from itertools import chain, combinations

import pytest

from queries.errors import IdentityRefused
from tests.privacy import proofs
from tests.privacy.world import COACHES, World


@pytest.mark.parametrize("coach", COACHES)
def test_a_coach_reads_exactly_the_clients_of_every_assignment(world: World, coach: str) -> None:
    clients = [world.clients(c)[n] for c in COACHES for n in range(2)]
    every = chain.from_iterable(combinations(clients, size) for size in range(7))
    for chosen in every:
        world.assign(coach, chosen)
        proofs.prove_paths(world, coach, "own", ("rows.by_ids", "points.points"))


def test_an_assignment_counts_from_its_beginning_to_its_end(world: World) -> None:
    proofs.prove_times(world)


def test_a_client_who_moves_to_another_coach_is_read_by_that_one_only(world: World) -> None:
    moved = world.clients("coach 0")[0]
    world.assign("coach 0", world.clients("coach 0")[1:])
    world.assign("coach 1", [*world.clients("coach 1"), moved])
    for coach in ("coach 0", "coach 1"):
        proofs.prove_few(world, coach)


def test_withdrawn_consent_takes_the_rows_away(world: World) -> None:
    proofs.prove_withdrawn(world)


def test_grants_and_reasons_open_one_collection_and_end(world: World) -> None:
    proofs.prove_grants(world)


def test_who_was_deactivated_or_changed_is_refused_at_the_next_transaction(world: World) -> None:
    proofs.prove_refusals(world)


def test_deactivation_bites_between_two_reads_of_one_gate(world: World) -> None:
    gate = world.gate("coach 1")
    assert len(gate.rows(proofs.text("SELECT row_id FROM own"))) > 0
    world.activate("coach 1", False)
    try:
        with pytest.raises(IdentityRefused):
            gate.rows(proofs.text("SELECT row_id FROM own"))
    finally:
        world.activate("coach 1", True)


def test_taking_another_role_opens_nothing(world: World) -> None:
    proofs.prove_roles(world)

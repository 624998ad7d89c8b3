"""Each part of the protection, taken out, is missed by at least one proof."""

import pytest

from tests.privacy.mutants import MUTANTS, Mutant, noticed
from tests.privacy.world import World


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.told)
def test_a_part_that_is_missing_is_noticed(world: World, mutant: Mutant) -> None:
    assert noticed(world, mutant) is not None


@pytest.mark.parametrize(
    "proof", {mutant.proof: mutant for mutant in MUTANTS}.values(), ids=lambda m: m.told
)
def test_the_proof_holds_again_with_the_part_put_back(world: World, proof: Mutant) -> None:
    world.sql("DELETE FROM northlight_auth.spent")
    proof.proof(world)

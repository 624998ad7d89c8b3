"""Every way of reading, for everybody: nothing that the oracle would not give."""

import pytest

from tests.privacy import proofs
from tests.privacy.paths import EXEMPT, PATHS, reading_functions
from tests.privacy.world import COLLECTIONS, PEOPLE, World


def test_every_function_that_reads_is_in_the_registry() -> None:
    called = {name.split(" ")[0] for name in PATHS} | set(EXEMPT)
    assert set(reading_functions()) == called


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("collection", COLLECTIONS)
def test_nobody_reads_more_or_less_than_the_oracle_says(
    world: World, who: str, collection: str
) -> None:
    proofs.prove_paths(world, who, collection)

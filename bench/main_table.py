"""The bench without a name: the labelled sets, then bulk loading."""

from collections.abc import Sequence

from bench import bulk_load, labelled_sets


def main(arguments: Sequence[str]) -> None:
    """Run both."""
    labelled_sets.main(arguments)
    print()
    bulk_load.main(arguments)

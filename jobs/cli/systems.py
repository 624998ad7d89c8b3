"""`--system`: whose owners are meant."""

import click

from jobs.cli.context import Context

system_option = click.option(
    "--system", default="playbook", show_default=True, help="Whose owners: the collections' group."
)


def with_owners(context: Context, system: str) -> str:
    """The system, if one of its collections declares owners. Raises JobError, with those that do.

    A right or a consent that is kept under a name nobody reads would hold nowhere.
    """
    from jobs.errors import JobError
    from queries.catalog import collections

    known = {found.group for found in collections(context.gate) if found.owner and found.group}
    if system not in known:
        raise JobError(
            f"No collection with owners belongs to {system!r}. Such systems: "
            f"{', '.join(sorted(known)) or 'none'}. `./northlight collections show NAME` says "
            "to which one a collection belongs."
        )
    return system

"""Declare a table that is there: find it, tell its roles, keep the declaration. Alters nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from jobs.connect.declare import keeping
from jobs.connect.embedding_role import check_embedding, embedding_of, left_out_of
from jobs.connect.id_role import id_of
from jobs.connect.roles import Choice, Given, check_given, infer
from jobs.connect.which_table import chosen_name, find
from jobs.errors import JobError
from jobs.loading.language import SAMPLE, language_of
from queries.catalog import collections, publish_in
from queries.collection import Collection, published_name
from queries.collections.table_facts import column_facts, some_texts, vector_facts
from queries.collections.tables import LiveTable, live_table, relations, why_no_time
from queries.gate import Gate, writing


@dataclass(frozen=True)
class Connected:
    """A collection that was declared, why each column plays its role, and what to know."""

    collection: Collection
    choices: tuple[Choice, ...]
    notes: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...]
    path: Path


@dataclass(frozen=True)
class Proposal:
    """A declaration that fits its table and is not kept yet. `left_out`: (column, reason)."""

    collection: Collection
    choices: tuple[Choice, ...]
    notes: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...]


def connect(
    gate: Gate,
    table: str,
    *,
    catalog_folders: Sequence[Path],
    name: str | None = None,
    given: Given | None = None,
    model: str | None = None,
) -> Connected:
    """Declare the table or view; roles that are not given are inferred.

    Raises JobError and QueryError, each saying what to do. The table is only read.
    """
    given = given or Given()
    relation = find(relations(gate.engine), table)
    live = live_table(gate.engine, relation)
    check_given(given, live.names, relation.full_name)
    free = chosen_name(gate, catalog_folders, relation, name)
    before = next((c for c in collections(gate) if c.name == free), None)
    if before is not None:
        given, model = _as_before(before, live, given), model or before.model
    proposal = propose(gate, live, given, model)
    if before is not None:
        proposal = replace(proposal, collection=_beside_roles(before, proposal.collection))
    return keep(gate, catalog_folders[-1], named(proposal, free))


def keep(gate: Gate, folder: Path, proposal: Proposal) -> Connected:
    """Write the catalog file and publish the view, both or neither."""
    with keeping(folder) as kept, writing(gate.engine) as connection:
        path = kept(proposal.collection)
        publish_in(connection, proposal.collection)
    return Connected(proposal.collection, proposal.choices, proposal.notes, proposal.left_out, path)


def named(proposal: Proposal, name: str) -> Proposal:
    """The proposal under a name of its own."""
    title = proposal.collection.title or name.replace("_", " ").capitalize()
    return replace(proposal, collection=replace(proposal.collection, name=name, title=title))


def propose(gate: Gate, live: LiveTable, given: Given, model: str | None) -> Proposal:
    """A declaration of the table, still without a name. Raises JobError if none fits."""
    facts = column_facts(gate.engine, live)
    vectors = vector_facts(gate.engine, live)
    check_embedding(live, vectors, given.embedding)
    roles = infer(facts, given, id_of(gate, live, given.id))
    embedding, notes = embedding_of(vectors, given.embedding, model, roles.text)
    _check_time(gate, live, roles.time)
    written = some_texts(gate.engine, live, roles.text, SAMPLE)
    language = language_of(gate, written, given)
    collection = Collection(
        name="",
        title="",
        table=live.relation.full_name,
        id=roles.id,
        text=roles.text,
        heading=roles.title,
        owner=roles.owner,
        time=roles.time,
        facet_columns=tuple((published_name(facet), facet) for facet in roles.facets),
        embedding=next(iter(embedding.columns), None),
        model=model,
        language=language.columns[0],
    )
    if model and not embedding.columns:
        notes.append(f"`./northlight embed` will use {model}: the table itself has no vectors.")
    choices = (*roles.choices, language, embedding)
    return Proposal(collection, choices, tuple(notes), left_out_of(live, vectors))


def _check_time(gate: Gate, live: LiveTable, name: str | None) -> None:
    """Raises JobError if a value is no moment: one is enough to stop whoever reads the times."""
    column = live.column(name) if name else None
    if column is None or column.kind == "time":
        return
    reason = why_no_time(gate.engine, live.relation.full_name, column.name)
    if reason:
        raise JobError(
            f"{name} cannot be the time of {live.relation.full_name}, it is {column.type} and not "
            f"dates all through: {reason} Name another with --time, or connect a view that makes "
            "dates of it."
        )


def _as_before(before: Collection, live: LiveTable, given: Given) -> Given:
    """What is not given now stays as it was declared, where the columns are still there."""
    facets = tuple(s for _, s in before.facet_columns if s not in given.named())
    vector = live.column(before.embedding or "")
    declared: dict[str, Any] = {
        "id": before.id,
        "text": before.text,
        "title": before.heading,
        "owner": before.owner,
        "time": before.time,
        "facets": facets,
        "embedding": vector.name if vector and vector.kind == "vector" else None,
    }
    kept = {
        role: value
        for role, value in declared.items()
        if value and not getattr(given, role) and _is_there(live, value)
    }
    if not given.language:
        kept["language"] = before.language
    return replace(given, **kept, before=frozenset(kept))


def _beside_roles(before: Collection, now: Collection) -> Collection:
    """What a person may have written into the catalog file besides the roles."""
    return replace(
        now,
        title=before.title,
        lookups=before.lookups,
        only=before.only,
        group=before.group,
    )


def _is_there(live: LiveTable, columns: str | tuple[str, ...]) -> bool:
    return set((columns,) if isinstance(columns, str) else columns) <= set(live.names)

"""Declare a table that is there: find it, tell its roles, keep the declaration. Alters nothing."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

from jobs.declare import keeping
from jobs.errors import JobError
from jobs.roles import ID_NAMES, Choice, Given, check_given, infer, plain
from queries.catalog import collections, declared_in, publish_in, split_name
from queries.collection import Collection, checked_name, published_name
from queries.gate import Gate, writing
from queries.table_facts import VectorFacts, column_facts, vector_facts
from queries.tables import LiveTable, Relation, live_table, relations, repeated

EMBEDDING_NAME = re.compile(r"(?:^|_)(?:embedding|embeddings|vector|vec)$")
SUGGESTIONS = 5


@dataclass(frozen=True)
class Connected:
    """A collection that was declared, why each column plays its role, and what to know."""

    collection: Collection
    choices: tuple[Choice, ...]
    notes: tuple[str, ...]
    path: Path


@dataclass(frozen=True)
class Proposal:
    """A declaration that fits its table and is not kept yet."""

    collection: Collection
    choices: tuple[Choice, ...]
    notes: tuple[str, ...]


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
    proposal = propose(gate, live, given, model)
    free = chosen_name(gate, catalog_folders, relation, name)
    return keep(gate, catalog_folders[-1], named(proposal, free))


def named(proposal: Proposal, name: str) -> Proposal:
    """The proposal under a name of its own."""
    title = proposal.collection.title or name.replace("_", " ").capitalize()
    return replace(proposal, collection=replace(proposal.collection, name=name, title=title))


def keep(gate: Gate, folder: Path, proposal: Proposal) -> Connected:
    """Write the catalog file and publish the view, both or neither."""
    with keeping(folder) as kept, writing(gate.engine) as connection:
        path = kept(proposal.collection)
        publish_in(connection, proposal.collection)
    return Connected(proposal.collection, proposal.choices, proposal.notes, path)


def find(known: Sequence[Relation], table: str) -> Relation:
    """The relation a person means. Raises JobError with suggestions if it is none or several."""
    parts = split_name(table)
    exact = [r for r in known if parts in ((r.schema, r.name), (r.name,)) or table == r.name]
    found = exact or [r for r in known if table.lower() in (r.name.lower(), r.full_name.lower())]
    if len(found) > 1:
        preferred = [r for r in found if r.schema == "public" and not exact]
        names = ", ".join(r.full_name for r in found)
        if len(preferred) != 1:
            raise JobError(f"There are several tables named {table}: {names}. Name one with its schema.")
        found = preferred
    if not found:
        raise JobError(_not_found(known, table))
    if not found[0].readable:
        raise JobError(f"{no_rights(found[0])}.")
    return found[0]


def _not_found(known: Sequence[Relation], table: str) -> str:
    names = {r.full_name: r.full_name for r in known} | {r.name: r.full_name for r in known}
    lower = {name.lower(): full for name, full in names.items()}
    close = get_close_matches(table.lower(), list(lower), n=SUGGESTIONS, cutoff=0.6)
    meant = list(dict.fromkeys(lower[name] for name in close))
    if meant:
        return f"There is no table {table}. Did you mean {' or '.join(meant)}?"
    there = ", ".join(r.full_name for r in known[:20]) or "none"
    return f"There is no table {table} in this database. Its tables: {there}."


def no_rights(relation: Relation) -> str:
    """What the owner must run so that a table can be read."""
    return (
        f"The login may not read {relation.full_name}. Let its owner run `GRANT USAGE ON SCHEMA "
        f"{relation.schema} TO …; GRANT SELECT ON {relation.full_name} TO …`"
    )


def chosen_name(
    gate: Gate, folders: Sequence[Path], relation: Relation, wanted: str | None, base: str = ""
) -> str:
    """A free name for the relation's collection; its present one if it has it already."""
    taken = {c.name: c.table for c in declared_in(folders, lambda problem: None)}
    taken |= {c.name: c.table for c in collections(gate)}
    if wanted:
        if taken.get(checked_name(wanted), relation.full_name) != relation.full_name:
            raise JobError(
                f"The name {wanted} belongs to the collection of {taken[wanted]}. Choose another "
                "with --name."
            )
        return wanted
    base = base or relation.name
    for name in (_as_name(base), _as_name(f"{relation.schema}_{base}")):
        if taken.get(name, relation.full_name) == relation.full_name:
            return name
    raise JobError(
        f"The names {_as_name(base)} and {_as_name(f'{relation.schema}_{base}')} are taken. "
        "Choose one with --name."
    )


def _as_name(table: str) -> str:
    bare = plain(table)
    bare = bare if bare[:1].isascii() and bare[:1].isalpha() else f"table_{bare}"
    return re.sub(r"[^a-z0-9_]", "", bare)[:48].rstrip("_")


def propose(gate: Gate, live: LiveTable, given: Given, model: str | None) -> Proposal:
    """A declaration of the table, still without a name. Raises JobError if none fits."""
    facts = column_facts(gate.engine, live)
    embedding, notes = embedding_of(live, vector_facts(gate.engine, live), given.embedding, model)
    roles = infer(facts, given, id_of(gate, live, given.id))
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
        model=model if embedding.columns else None,
    )
    if model and not embedding.columns:
        notes.append(f"--model {model} is kept for `embed`: the table has no vectors to search.")
    return Proposal(collection, (*roles.choices, embedding), tuple(notes))


def id_of(gate: Gate, live: LiveTable, given: str | None) -> Choice:
    """The column that tells rows apart. Raises JobError, with the cure, if there is none."""
    if given:
        return _checked_id(gate, live, given, "given")
    if len(live.key) == 1:
        return Choice("id", live.key, "the primary key")
    if live.unique:
        best = min(live.unique, key=lambda name: _id_rank(name))
        return Choice("id", (best,), "unique and never NULL")
    named = sorted(
        (name for name in live.names if plain(name) in ID_NAMES or plain(name).endswith("_id")),
        key=_id_rank,
    )
    for name in named[:3] if not live.key else ():
        if repeated(gate.engine, live.relation, name) == (0, 0):
            return Choice("id", (name,), "by its name; no value is missing or occurs twice")
    raise JobError(_no_key(live))


def _id_rank(name: str) -> int:
    bare = plain(name)
    return ID_NAMES.index(bare) if bare in ID_NAMES else len(ID_NAMES)


def _checked_id(gate: Gate, live: LiveTable, name: str, reason: str) -> Choice:
    if name in live.unique or live.key == (name,):
        return Choice("id", (name,), f"{reason}; unique by the table's own rule")
    counted = repeated(gate.engine, live.relation, name)
    if counted is None:
        return Choice("id", (name,), f"{reason}; too many rows to check that no value repeats")
    empty, repeats = counted
    if empty or repeats:
        raise JobError(
            f"{name} cannot tell the rows of {live.relation.full_name} apart: {empty:,} have none "
            f"and {repeats:,} repeat another's. Name a column that is unique with --id."
        )
    return Choice("id", (name,), f"{reason}; no value is missing or occurs twice")


def _no_key(live: LiveTable) -> str:
    name = live.relation.full_name
    if live.key:
        parts = " || ':' || ".join(live.key)
        return (
            f"{name} has a key of {len(live.key)} columns ({', '.join(live.key)}); a collection "
            "needs one column that names a row. Make a view that has it and connect the view: "
            f"`CREATE VIEW {name}_keyed AS SELECT {parts} AS row_key, * FROM {name}`, then "
            f"`./northlight collections connect {name}_keyed --id row_key`."
        )
    return (
        f"{name} has no column that tells its rows apart. Name one with --id, or let its owner add "
        f"one: `ALTER TABLE {name} ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY`."
    )


def embedding_of(
    live: LiveTable, vectors: Iterable[VectorFacts], given: str | None, model: str | None
) -> tuple[Choice, list[str]]:
    """The vector column to use in place, and what to know about it and about the others."""
    vectors = list(vectors)
    if given and given not in [vector.name for vector in vectors]:
        column = live.column(given)
        raise JobError(
            f"{given} has the type {column.type if column else '?'}; only vector and halfvec "
            "columns can be searched in place. Leave out --embedding: `embed` makes embeddings."
        )
    wanted = [vector for vector in vectors if given in (None, vector.name)]
    usable = [vector for vector in wanted if vector.usable]
    notes = [_unusable(vector) for vector in wanted if not vector.usable]
    notes += [
        f"{column.name} is {column.type}, not a vector column: pgvector cannot search it. "
        "`./northlight embed` makes embeddings beside the table."
        for column in live.columns
        if EMBEDDING_NAME.search(plain(column.name)) and column.kind in ("json", "other", "list")
    ]
    if not usable:
        return Choice("embedding", (), "no column has vectors that can be searched in place"), notes
    best = max(usable, key=lambda v: (v.filled > 0, bool(EMBEDDING_NAME.search(plain(v.name)))))
    notes += [f"{v.name} is another vector column; --embedding chooses." for v in usable if v != best]
    return Choice("embedding", (best.name,), _described(best)), notes + _vector_notes(best, model)


def _described(vector: VectorFacts) -> str:
    dimensions = vector.stated or vector.dimensions[0]
    text = f"{dimensions} dimensions, {vector.filled:.0%} of rows filled"
    if vector.least_norm is not None and vector.greatest_norm is not None:
        text += f", length {vector.least_norm:.3f} to {vector.greatest_norm:.3f}"
    return text


def _vector_notes(vector: VectorFacts, model: str | None) -> list[str]:
    notes = []
    if vector.stated is None:
        notes.append(
            f"{vector.name} states no dimensions, so PostgreSQL cannot index it as it is; searches "
            "look at every row."
        )
    if model is None:
        notes.append(
            f"Which model made {vector.name} is not known: neighbours, maps and themes work, a "
            "question cannot be embedded until `--model NAME` says which."
        )
    return notes


def _unusable(vector: VectorFacts) -> str:
    if not vector.dimensions:
        return (
            f"{vector.name} states no dimensions and holds no vectors; it was left out. Fill it "
            "and connect again, or run `./northlight embed`."
        )
    sizes = " and ".join(str(size) for size in vector.dimensions)
    return (
        f"{vector.name} holds vectors of {sizes} dimensions, which cannot be compared; it was left "
        "out. Use a view with one kind of them, or run `./northlight embed`."
    )

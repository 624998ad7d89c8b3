"""Find tables whose layout is known - the five systems, the pgvector guides - and declare them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from jobs.connect import (
    Connected,
    Proposal,
    chosen_name,
    embedding_of,
    id_of,
    keep,
    named,
    no_rights,
    propose,
)
from jobs.errors import JobError
from jobs.known_layouts import LANGCHAIN, LAYOUTS, is_vecs, langchain_lookup, layout_of
from jobs.roles import Choice, Given
from queries.catalog import collections, declared_in, joined_name, split_name
from queries.collection import Collection, Lookup
from queries.errors import QueryError
from queries.gate import Gate
from queries.load import SCHEMA as LOADED
from queries.table_facts import vector_facts
from queries.tables import LiveTable, Relation, live_table, relations

LEAST_ALIKE = 0.6  # share of a declaration's columns that a table of the same name must have


@dataclass(frozen=True)
class LeftOut:
    """A table, or a column of one, that was not declared, and why."""

    what: str
    reason: str


@dataclass(frozen=True)
class Known:
    """What was found: declared now, declared before (collection, table), left out."""

    connected: tuple[Connected, ...]
    before: tuple[tuple[str, str], ...]
    left_out: tuple[LeftOut, ...]


def connect_known(gate: Gate, *, catalog_folders: Sequence[Path]) -> Known:
    """Declare every table of a known layout, in whatever schema; say what was left out and why."""
    templates = declared_in(catalog_folders[:-1], lambda problem: None)
    connected: list[Connected] = []
    left_out: list[LeftOut] = []
    before: list[tuple[str, str]] = []
    for relation in relations(gate.engine):
        if relation.schema == LOADED:
            continue
        names = [c.name for c in collections(gate) if c.table == relation.full_name]
        if names:
            before += [(name, relation.full_name) for name in names]
            continue
        try:
            found = _recognised(gate, relation, templates)
            if isinstance(found, LeftOut):
                left_out.append(found)
            elif found is not None:
                base, proposal = found
                name = chosen_name(gate, catalog_folders, relation, None, base)
                connected.append(keep(gate, catalog_folders[-1], named(proposal, name)))
        except (JobError, QueryError) as error:
            left_out.append(LeftOut(relation.full_name, str(error)))
    return Known(tuple(connected), tuple(before), tuple(left_out))


def _recognised(
    gate: Gate, relation: Relation, templates: Iterable[Collection]
) -> tuple[str, Proposal] | LeftOut | None:
    """(a name for it, its declaration) for a table of a known layout; None for an unknown one."""
    live = live_table(gate.engine, relation)
    alike = [t for t in templates if split_name(t.table)[-1] == relation.name]
    layout = layout_of(live)
    if not relation.readable:
        known = alike or layout or _vectors(live)
        return LeftOut(relation.full_name, f"{no_rights(relation)}.") if known else None
    for template in alike:
        if (proposal := _fitted(gate, template, live)) is not None:
            return template.name, proposal
    if layout is not None:
        given = Given(id=layout.key(live), text=(layout.text,))
        proposal = propose(gate, live, given, None)
        if layout is LANGCHAIN:
            looked_up = tuple(_lookups(gate, [langchain_lookup(live)], live))
            proposal = replace(
                proposal, collection=replace(proposal.collection, lookups=looked_up)
            )
        note = f"{relation.full_name} has the layout of {layout.guide}."
        return layout.name(live), replace(proposal, notes=(note, *proposal.notes))
    if alike:
        return LeftOut(relation.full_name, _unlike(alike[0], live))
    if is_vecs(live):
        return LeftOut(
            relation.full_name,
            "vecs keeps vectors without their text. Connect a view that joins the text to them.",
        )
    if _vectors(live):
        return LeftOut(
            relation.full_name,
            f"it has vectors, but no layout known here. Connect it by name: "
            f"`./northlight collections connect {relation.full_name}`.",
        )
    return None


def _vectors(live: LiveTable) -> list[str]:
    """Its vector columns, but not those of a view over other tables' vectors."""
    if live.relation.kind == "view":
        return []
    return [column.name for column in live.columns if column.kind == "vector"]


def _fitted(gate: Gate, template: Collection, live: LiveTable) -> Proposal | None:
    """The declaration of one of the five systems, as far as this table has its columns."""
    there = set(live.names)
    text = tuple(name for name in template.text if name in there)
    if template.id not in there or not text or _alike(template, there) < LEAST_ALIKE:
        return None
    declared = template.embedding if template.embedding in there else None
    vector = live.column(declared) if declared else None
    wanted = declared if vector is not None and vector.kind == "vector" else None
    embedding, notes = embedding_of(live, vector_facts(gate.engine, live), wanted, None)
    collection = replace(
        template,
        table=live.relation.full_name,
        id=id_of(gate, live, template.id).columns[0],
        text=text,
        heading=_if(template.heading, there),
        owner=_if(template.owner, there),
        time=_if(template.time, there),
        facet_columns=tuple(pair for pair in template.facet_columns if pair[1] in there),
        lookups=tuple(_lookups(gate, template.lookups, live)),
        embedding=next(iter(embedding.columns), None),
        model=None,
        fill=False,
        group="yours",
    )
    like = Choice("layout", (live.relation.full_name,), f"that of {template.table}")
    gone = sorted(_columns(template) - there)
    if gone:
        notes.append(f"Columns that this variant does not have: {', '.join(gone)}.")
    return Proposal(collection, (like, embedding), tuple(notes))


def _if(name: str | None, there: set[str]) -> str | None:
    return name if name in there else None


def _columns(template: Collection) -> set[str]:
    single = (template.id, template.heading, template.owner, template.time, template.embedding)
    return {n for n in single if n} | set(template.text) | {c for _, c in template.facet_columns}


def _alike(template: Collection, there: set[str]) -> float:
    wanted = _columns(template)
    return len(wanted & there) / len(wanted)


def _unlike(template: Collection, live: LiveTable) -> str:
    missing = ", ".join(sorted(_columns(template) - set(live.names)))
    return (
        f"it is named like {template.table} but has no {missing}. If it holds text, connect it by "
        f"name: `./northlight collections connect {live.relation.full_name}`."
    )


def _lookups(gate: Gate, lookups: Iterable[Lookup], live: LiveTable) -> Iterator[Lookup]:
    """The lookups whose table is in the same schema as this one, with the columns they need."""
    known = {relation.full_name: relation for relation in relations(gate.engine)}
    for lookup in lookups:
        beside = joined_name(live.relation.schema, split_name(lookup.table)[-1])
        relation = known.get(beside)
        if relation is None or not relation.readable or lookup.on not in live.names:
            continue
        if {lookup.key, lookup.show} <= set(live_table(gate.engine, relation).names):
            yield replace(lookup, table=beside)


def guides() -> list[str]:
    """The guides whose layouts are known, for --help and the report."""
    return [layout.guide for layout in LAYOUTS]

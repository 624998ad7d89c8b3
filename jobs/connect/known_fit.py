"""One of the five systems' declarations, or a guide's layout, fitted to a table like it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from jobs.connect.connect import Proposal, propose
from jobs.connect.known_layouts import LANGCHAIN, Layout, langchain_lookup
from jobs.connect.roles import Given
from queries.collection import Collection, Lookup
from queries.collections.companion import Companion
from queries.collections.tables import LiveTable, can_ask, live_table, relations
from queries.gate import Gate
from queries.identifiers import joined_name, split_name

_AND = re.compile(r"\s+AND\s+(?![^(]*\))", re.IGNORECASE)
LEAST_ALIKE = 0.5  # share of a declaration's columns that a table of the same name must have


def fitted(gate: Gate, template: Collection, live: LiveTable) -> Proposal | None:
    """The declaration of one of the five systems, as far as this table has its columns.

    A role whose column is missing here is inferred; one the system never had stays empty.
    """
    if not set(template.text) & set(live.names) or _alike(template, live) < LEAST_ALIKE:
        return None
    proposal = propose(gate, live, _given(template, live), None)
    found = proposal.collection
    only, conditions = _conditions(gate, template, live)
    collection = replace(
        found,
        title=f"{template.title} ({live.relation.schema})",
        described=template.described,
        group=template.group,  # who may read what of it is the system's, wherever it lives
        personal=template.personal,
        heading=found.heading if template.heading else None,
        owner=found.owner if template.owner else None,
        time=found.time if template.time else None,
        facet_columns=found.facet_columns if template.facet_columns else (),
        lookups=tuple(_lookups(gate, template.lookups, live)),
        companions=tuple(_companions(gate, template.companions, live)),
        only=only,
        language=template.language,
    )
    notes = _notes(template, live, (*proposal.notes, *conditions))
    return replace(proposal, collection=collection, notes=notes)


def laid_out(gate: Gate, layout: Layout, live: LiveTable) -> Proposal:
    """The declaration of a guide's table; the roles beside id and text are inferred."""
    given = Given(id=layout.key(live), text=(layout.text,))
    proposal = propose(gate, live, given, None)
    if layout is LANGCHAIN:
        beside = tuple(_lookups(gate, [langchain_lookup(live)], live))
        proposal = replace(proposal, collection=replace(proposal.collection, lookups=beside))
    note = f"It has the layout of {layout.guide}."
    return replace(proposal, notes=(note, *proposal.notes))


def unlike(template: Collection, live: LiveTable) -> str:
    """Why a table is not the one whose name it has."""
    missing = ", ".join(sorted(_columns(template) - set(live.names)))
    return (
        f"it is named like {template.table} but has no {missing}. If it holds text, connect it by "
        f"name: `./northlight collections connect {live.relation.full_name}`."
    )


def _given(template: Collection, live: LiveTable) -> Given:
    def present(name: str | None) -> str | None:
        return name if name in live.names else None

    vector = live.column(template.embedding or "")
    facets = tuple(source for _, source in template.facet_columns if source in live.names)
    return Given(
        id=present(template.id),
        text=tuple(name for name in template.text if name in live.names),
        title=present(template.heading),
        owner=present(template.owner),
        time=present(template.time),
        facets=facets or None,
        embedding=vector.name if vector is not None and vector.kind == "vector" else None,
    )


def _columns(template: Collection) -> set[str]:
    single = (template.id, template.heading, template.owner, template.time, template.embedding)
    return {n for n in single if n} | set(template.text) | {c for _, c in template.facet_columns}


def _alike(template: Collection, live: LiveTable) -> float:
    wanted = _columns(template)
    return len(wanted & set(live.names)) / len(wanted)


def _notes(template: Collection, live: LiveTable, notes: Sequence[str]) -> tuple[str, ...]:
    gone = ", ".join(sorted(_columns(template) - set(live.names)))
    missing = (f"Columns that this variant does not have: {gone}.",) if gone else ()
    return (f"It has the layout of {template.table}.", *missing, *notes)


def _conditions(
    gate: Gate, template: Collection, live: LiveTable
) -> tuple[str | None, tuple[str, ...]]:
    """What of the declaration's condition fits this table, and a note for each part that does not.

    Parts are what AND joins at the condition's top: one that does not fit takes no other with it.
    """
    parts = _AND.split(template.only) if template.only else []
    fitting = [part for part in parts if can_ask(gate.engine, live.relation, part)]
    notes = (
        f"The condition `{part}` does not fit this variant: what it leaves out elsewhere is in."
        for part in parts
        if part not in fitting
    )
    return " AND ".join(fitting) or None, tuple(notes)


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


def _companions(
    gate: Gate, companions: Iterable[Companion], live: LiveTable
) -> Iterator[Companion]:
    """The companions whose table is in the same schema, as far as it has their columns."""
    known = {relation.full_name: relation for relation in relations(gate.engine)}
    for companion in companions:
        beside = joined_name(live.relation.schema, split_name(companion.table)[-1])
        relation = known.get(beside)
        if relation is None or not relation.readable:
            continue
        columns = set(live_table(gate.engine, relation).names)
        fitted_there = replace(companion, table=beside).within(columns)
        if fitted_there is not None:
            yield fitted_there

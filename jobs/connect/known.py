"""Find tables whose layout is known - the five systems, the pgvector guides - and declare them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jobs.connect.connect import Connected, Proposal, keep, named
from jobs.connect.known_fit import fitted, laid_out, unlike
from jobs.connect.known_layouts import is_vecs, layout_of
from jobs.connect.which_table import chosen_name, no_rights
from jobs.errors import JobError
from queries.catalog import collections, declared_in
from queries.collection import Collection
from queries.collections.load import SCHEMA as LOADED
from queries.collections.tables import LiveTable, Relation, live_table, relations
from queries.errors import QueryError
from queries.gate import Gate
from queries.identifiers import split_name


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
    templates = declared_in(catalog_folders[:-1], _told_before)
    declared = {c.table: c.name for c in collections(gate)}
    connected: list[Connected] = []
    left_out: list[LeftOut] = []
    before: list[tuple[str, str]] = []
    for relation in relations(gate.engine):
        if relation.full_name in declared:
            before.append((declared[relation.full_name], relation.full_name))
        elif relation.schema != LOADED:
            found = _found(gate, relation, templates, catalog_folders)
            if isinstance(found, LeftOut):
                left_out.append(found)
            elif found is not None:
                connected.append(found)
                left_out += [LeftOut(f"{relation.full_name}.{c}", r) for c, r in found.left_out]
    return Known(tuple(connected), tuple(before), tuple(left_out))


def _told_before(_problem: str) -> None:
    """For problems of catalog files that were told already when the command began."""


def _found(
    gate: Gate, relation: Relation, templates: Sequence[Collection], folders: Sequence[Path]
) -> Connected | LeftOut | None:
    """The table declared, if its layout is known; else why not, if it looks as if it should be."""
    try:
        live = live_table(gate.engine, relation)
        alike = [t for t in templates if split_name(t.table)[-1] == relation.name]
        if not relation.readable:
            known = alike or layout_of(live) or _has_vectors(live)
            return LeftOut(relation.full_name, f"{no_rights(relation)}.") if known else None
        recognised = _recognised(gate, live, alike)
        if recognised is not None:
            return _kept(gate, relation, recognised, folders)
        return _unknown(live, alike, templates)
    except (JobError, QueryError) as error:
        return LeftOut(relation.full_name, str(error))


def _recognised(
    gate: Gate, live: LiveTable, alike: Sequence[Collection]
) -> tuple[str, Proposal] | None:
    """(a name for it, its declaration) for a table of a known layout."""
    for template in alike:
        proposal = fitted(gate, template, live)
        if proposal is not None:
            return template.name, proposal
    layout = layout_of(live)
    return None if layout is None else (layout.name(live), laid_out(gate, layout, live))


def _unknown(
    live: LiveTable, alike: Sequence[Collection], templates: Sequence[Collection]
) -> LeftOut | None:
    name = live.relation.full_name
    if alike:
        return LeftOut(name, unlike(alike[0], live))
    if is_vecs(live):
        return LeftOut(
            name, "vecs keeps vectors without their text. Connect a view that joins the two."
        )
    systems = {split_name(template.table)[0] for template in templates}
    if _has_vectors(live) and live.relation.schema not in systems:
        return LeftOut(
            name,
            "it has vectors, but no layout known here. Connect it by name: "
            f"`./northlight collections connect {name}`.",
        )
    return None


def _kept(
    gate: Gate, relation: Relation, found: tuple[str, Proposal], folders: Sequence[Path]
) -> Connected:
    base, proposal = found
    return keep(
        gate, folders[-1], named(proposal, chosen_name(gate, folders, relation, None, base))
    )


def _has_vectors(live: LiveTable) -> bool:
    """Whether it keeps vectors itself: a view over another table's does not."""
    return live.relation.kind != "view" and any(c.kind == "vector" for c in live.columns)

"""Load a file: look at it, plan, copy, declare - all of it or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import perf_counter

from jobs.collecting import seldom_collected
from jobs.connect.declare import keeping
from jobs.connect.role_names import dated_name
from jobs.connect.roles import Choice, Given, check_given
from jobs.errors import JobError
from jobs.files.opening import open_file
from jobs.files.record import FileError, Record, Refused, Source
from jobs.loading.copying import Progress, copy_rows
from jobs.loading.language import SAMPLE, language_of
from jobs.loading.load_plan import Plan, key_name, plan_existing, plan_new
from jobs.loading.profile import FileColumn, profile
from queries.catalog import collections, publish_in
from queries.collection import Collection, checked_name
from queries.collections import load as tables
from queries.gate import Gate, inspecting, writing


@dataclass(frozen=True)
class LoadReport:
    """What a load did: rows read, what became of them, who plays which role."""

    collection: Collection
    file: str
    format: str
    unit: str
    inserted: int
    updated: int
    unchanged: int
    refused: tuple[Refused, ...]
    choices: tuple[Choice, ...]
    notes: tuple[str, ...]
    seconds: float

    @classmethod
    def of(
        cls,
        source: Source,
        file: str,
        plan: Plan,
        merged: tables.Merged,
        refused: Sequence[Refused],
        seconds: float,
    ) -> "LoadReport":
        """The report of a load that is done."""
        return cls(
            collection=plan.collection,
            file=file,
            format=source.format,
            unit=source.unit,
            inserted=merged.inserted,
            updated=merged.updated,
            unchanged=merged.unchanged,
            refused=tuple(refused),
            choices=plan.choices,
            notes=(*source.notes, *plan.notes) if plan.creates else plan.notes,
            seconds=seconds,
        )

    @property
    def rows(self) -> int:
        """Rows of the file, refused ones included."""
        return self.inserted + self.updated + self.unchanged + len(self.refused)


@seldom_collected()
def load(
    gate: Gate,
    path: Path,
    into: str,
    *,
    catalog_folders: Sequence[Path],
    create: bool = False,
    given: Given | None = None,
    skip_bad: bool = False,
    progress: Progress | None = None,
) -> LoadReport:
    """Load the file into the collection, making both table and declaration with `create`.

    Raises LoadRefused when rows were refused and not to be skipped, FileError for a file that
    cannot be read, JobError and QueryError for what else a person can mend. Nothing is half done.
    """
    started = perf_counter()
    given = given or Given()
    known = {c.name: c for c in collections(gate)}
    _check_target(known, checked_name(into), create, catalog_folders)
    source = open_file(path, skip_bad=skip_bad)
    check_given(given, source.columns, path.name)
    plan = _plan(gate, source, into, path.name, given, None if create else known[into])
    refused: list[Refused] = []
    with keeping(catalog_folders[-1]) as keep, writing(gate.engine) as connection:
        merged = copy_rows(connection, source, plan, refused, skip_bad=skip_bad, progress=progress)
        if create:
            keep(plan.collection)
            publish_in(connection, plan.collection)
    return LoadReport.of(source, path.name, plan, merged, refused, perf_counter() - started)


def _plan(
    gate: Gate, source: Source, into: str, file: str, given: Given, there: Collection | None
) -> Plan:
    columns = _look(source, into, file, given.time)
    if there is None:
        plan = plan_new(into, file, columns, given)
        language = language_of(gate, _some_texts(source, plan.collection.text), given)
        return plan.in_language(language)
    with inspecting(gate.engine) as connection:
        types = tables.column_types(connection, there.table)
    return plan_existing(there, file, columns, types, given)


def _some_texts(source: Source, columns: Sequence[str]) -> list[str]:
    """What the first rows of the file hold in the columns."""
    places = [source.columns.index(name) for name in columns]
    good = (record.values for record in source.records() if isinstance(record, Record))
    return ["\n".join(str(row[place] or "") for place in places) for row in islice(good, SAMPLE)]


def _check_target(
    known: dict[str, Collection], into: str, create: bool, folders: Sequence[Path]
) -> None:
    if not create:
        if into not in known:
            raise JobError(
                f"There is no collection {into!r}. Add --create to make it from this file. "
                f"Declared: {', '.join(sorted(known)) or 'none yet'}."
            )
        tables.check_loadable(known[into])
    elif into in known:
        raise JobError(
            f"There is a collection {into} already. Leave out --create to bring it up to date, or "
            "choose another name."
        )
    elif any((folder / f"{into}.toml").exists() for folder in folders):
        raise JobError(
            f"The name {into} is taken by a catalog file whose table is not in this database. "
            "Choose another name."
        )


def _look(source: Source, into: str, file: str, time: str | None) -> list[FileColumn]:
    found = profile(
        source.columns,
        source.records(),
        watch_dates=lambda name: name == time or dated_name(name),
        watch_keys=lambda name: key_name(name, into) or name == source.columns[0],
    )
    if not found[0].facts.rows and next(iter(source.records()), None) is None:
        raise FileError(f"{file} has a header and no rows. There is nothing to load.")
    return found

"""A file's rows into a table: straight into a new one, by staging and merging into another."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from jobs.errors import JobError
from jobs.files.record import Refused, Source
from jobs.loading import values
from jobs.loading.load_plan import Plan
from queries.collections import load as tables

SHOWN = 20
PROGRESS_ROWS = 10_000
Progress = Callable[[int], None]
Rows = Iterator[tuple[int, Sequence[Any]]]  # a row's line, and its values as COPY takes them


class LoadRefused(JobError):
    """Rows were refused and bad rows were not to be skipped, so nothing was loaded."""

    def __init__(self, message: str, refused: Sequence[Refused]) -> None:
        super().__init__(message)
        self.refused = tuple(refused)


def copy_rows(
    connection: Any,
    source: Source,
    plan: Plan,
    refused: list[Refused],
    *,
    skip_bad: bool,
    progress: Progress | None,
) -> tables.Merged:
    """Copy what can be taken, weigh what was refused. Fills `refused`, by line.

    Raises LoadRefused if rows were refused and not to be skipped, JobError for a table in the way.
    """
    tables.one_load_at_a_time(connection, plan.collection.name)
    rows = _rows(source, plan, refused, progress)
    if plan.creates:
        _create(connection, plan)
    if plan.distinct:
        return _copy_straight(connection, source, plan, rows, refused, skip_bad)
    return _merge(connection, source, plan, rows, refused, skip_bad)


def _copy_straight(
    connection: Any,
    source: Source,
    plan: Plan,
    rows: Rows,
    refused: Sequence[Refused],
    skip_bad: bool,
) -> tables.Merged:
    """Fill the new table: no id occurs twice, so there is nothing to stage and merge."""
    table = plan.collection.table
    good = tables.fill_new(connection, table, (row for _, row in rows))
    if refused:
        _check_refused(source, plan, refused, good, skip_bad)
    tables.add_key(connection, table, plan.collection.id)
    tables.analyze(connection, table)
    return tables.Merged(good, 0, 0)


def _merge(
    connection: Any,
    source: Source,
    plan: Plan,
    rows: Rows,
    refused: list[Refused],
    skip_bad: bool,
) -> tables.Merged:
    """Copy into staging, refuse what has the id of a row before, merge the others."""
    collection = plan.collection
    if plan.creates:
        tables.add_key(connection, collection.table, collection.id)
    good = tables.stage(connection, [target.type for target in plan.targets], rows)
    repeats = tables.duplicates(connection, plan.key)
    for key, line, first in repeats:
        refused.append(Refused(line, f"has the id {key!r}, as {source.unit} {first} has"))
    refused.sort(key=lambda row: row.line)
    if refused:
        _check_refused(source, plan, refused, good - len(repeats), skip_bad)
        tables.drop_duplicates(connection, plan.key)
    names = [target.name for target in plan.targets]
    merged = tables.merge(connection, collection.table, names, collection.id)
    tables.analyze(connection, collection.table)
    _check_replaced(plan, merged)
    return merged


def _create(connection: Any, plan: Plan) -> None:
    name = plan.collection.table
    if tables.table_exists(connection, name):
        raise JobError(
            f"There is a table {name} already, without a collection. Declare it with "
            f"`./northlight collections connect {name}`, or choose another name."
        )
    types = {target.name: target.type for target in plan.targets}
    tables.create_table(connection, name, types)


def _rows(source: Source, plan: Plan, refused: list[Refused], progress: Progress | None) -> Rows:
    """What COPY takes; rows that cannot be taken are added to `refused`."""
    key = plan.key
    for number, record in enumerate(source.records(), 1):
        if progress and number % PROGRESS_ROWS == 0:
            progress(number)
        if isinstance(record, Refused):
            refused.append(record)
            continue
        try:
            row = [
                str(number) if t.source is None else t.convert(record.values[t.source])
                for t in plan.targets
            ]
        except values.BadValue as error:
            refused.append(Refused(record.line, str(error)))
            continue
        if row[key] is None:
            refused.append(Refused(record.line, f"has no {plan.collection.id}, the rows' id"))
            continue
        yield record.line, row


def _check_refused(
    source: Source, plan: Plan, refused: Sequence[Refused], good: int, skip_bad: bool
) -> None:
    if skip_bad and good:
        return
    shown = [f"  {source.unit} {row.line}: {row.reason}" for row in refused[:SHOWN]]
    if len(refused) > SHOWN:
        shown.append(f"  … and {len(refused) - SHOWN:,} more")
    cure = "Correct them"
    if good:
        cure += f", or load the other {good:,} with --skip-bad"
    raise LoadRefused(
        f"Nothing was loaded into {plan.collection.name}: {len(refused):,} of "
        f"{good + len(refused):,} rows were refused.\n" + "\n".join(shown) + f"\n{cure}.",
        refused,
    )


def _check_replaced(plan: Plan, merged: tables.Merged) -> None:
    """Row numbers tell nothing about which file a row is from: a second file must not replace."""
    if plan.numbered and merged.updated > 1 and merged.updated > merged.unchanged:
        raise JobError(
            f"This looks like another file than the one {plan.collection.name} was made from: "
            f"{merged.updated:,} rows would be replaced, because row numbers are their ids. "
            "Nothing was loaded. Load it under a new name with --create, or give the rows an id."
        )

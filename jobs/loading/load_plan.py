"""From a file's columns to a table's: which go where, as what, and which plays which role."""

from collections.abc import Collection as Names
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from jobs.connect.role_names import ID_NAMES, OWNER_NAMES, TEXT_NAMES, plain, rank
from jobs.connect.roles import Choice, Given, Roles, infer
from jobs.errors import JobError
from jobs.files.record import FileError
from jobs.loading import values
from jobs.loading.profile import FileColumn
from queries.collection import Collection, published_name
from queries.collections.facts import ColumnFacts
from queries.collections.load import table_of

ROW_NUMBER = "row_number"
ENOUGH_TO_TELL = 50  # rows, from which on it is no accident that no value occurs twice


@dataclass(frozen=True)
class Target:
    """A column of the table and where its values come from. `source` None: the row's number."""

    name: str
    type: str
    source: int | None
    convert: values.Converter


@dataclass(frozen=True)
class Plan:
    """What a load will do. `distinct`: every row of the file has an id that no other has."""

    collection: Collection
    targets: tuple[Target, ...]
    choices: tuple[Choice, ...] = ()
    notes: tuple[str, ...] = ()
    creates: bool = False
    distinct: bool = False

    @property
    def key(self) -> int:
        """The place of the id among the targets."""
        return [target.name for target in self.targets].index(self.collection.id)

    def in_language(self, choice: Choice) -> "Plan":
        """The same, its collection in that language."""
        collection = replace(self.collection, language=choice.columns[0])
        return replace(self, collection=collection, choices=(*self.choices, choice))

    @property
    def numbered(self) -> bool:
        """Whether row numbers stand in for ids."""
        return self.targets[self.key].source is None


def key_name(name: str, into: str) -> bool:
    """Whether a column's name may be that of an id: worth knowing if a value occurs twice."""
    bare = plain(name)
    person = bare in OWNER_NAMES
    return not person and (bare in (*ID_NAMES, ROW_NUMBER, f"{into}_id") or bare.endswith("_id"))


def plan_new(name: str, file: str, columns: Sequence[FileColumn], given: Given) -> Plan:
    """A new table with every column of the file, and its roles. Raises JobError."""
    facts = [_undated(column, given) for column in columns]
    id_choice = _id(facts, given, name)
    roles = infer(facts, given, id_choice)
    collection = Collection(
        name=name,
        title=name.replace("_", " ").capitalize(),
        described=f"Loaded from {file}.",
        table=table_of(name),
        id=roles.id,
        text=roles.text,
        heading=roles.title,
        owner=roles.owner,
        time=roles.time,
        facet_columns=tuple((published_name(facet), facet) for facet in roles.facets),
    )
    targets = [_target(at, column, roles) for at, column in enumerate(columns)]
    if roles.id not in [target.name for target in targets]:
        targets.insert(0, Target(roles.id, "text", None, values.as_text))
    notes = tuple(_notes(columns, roles))
    # A number of the row repeats never; two spellings of a time may be the same moment.
    distinct = all(f.unique and f.name != roles.time for f in facts if f.name == roles.id)
    return Plan(collection, tuple(targets), roles.choices, notes, creates=True, distinct=distinct)


def plan_existing(
    collection: Collection,
    file: str,
    columns: Sequence[FileColumn],
    types: Mapping[str, str],
    given: Given,
) -> Plan:
    """The file's columns into the table that is there. Raises JobError if they do not fit."""
    _check_same_roles(collection, given)
    names = [column.facts.name for column in columns]
    numbered = collection.id not in names and collection.id.rstrip("_") == ROW_NUMBER
    needed = [*collection.text, *([] if numbered else [collection.id])]
    missing = [name for name in needed if name not in names]
    if missing:
        raise JobError(
            f"{file} has no column {', '.join(map(repr, missing))}, which {collection.name} needs. "
            f"Its columns: {', '.join(names)}."
        )
    targets = [
        _existing_target(at, column, types, collection)
        for at, column in enumerate(columns)
        if column.facts.name in types
    ]
    if numbered:
        targets.insert(0, Target(collection.id, "text", None, values.as_text))
    return Plan(collection, tuple(targets), notes=tuple(_differences(names, types, numbered)))


def _id(facts: Sequence[ColumnFacts], given: Given, into: str) -> Choice:
    if given.id:
        return Choice("id", (given.id,), "given")
    by_name = {plain(fact.name): fact for fact in reversed(facts)}
    for sure in ("id", "uuid", "guid"):
        # By name alone: if a value occurs twice the rows are refused, not renumbered in silence.
        if sure in by_name and by_name[sure].filled:
            return Choice("id", (by_name[sure].name,), "by its name")
    for likely in (*ID_NAMES, ROW_NUMBER, f"{into}_id"):
        if likely in by_name and by_name[likely].unique:
            return Choice("id", (by_name[likely].name,), "by its name; no value occurs twice")
    for fact in facts:
        if fact.unique and key_name(fact.name, into):
            return Choice("id", (fact.name,), "by its name; no value occurs twice")
    if names_rows(facts[0]) and any(fact.words > 1 for fact in facts[1:]):
        return Choice("id", (facts[0].name,), "the first column; no value occurs twice")
    return Choice("id", (_free(ROW_NUMBER, [f.name for f in facts]),), "made: the row's number")


def names_rows(first: ColumnFacts) -> bool:
    """Whether a file's first column is how its rows are called: one word each, never the same."""
    spoken = any(rank(first.name, names) is not None for names in (OWNER_NAMES, TEXT_NAMES))
    one_word = first.kind == "integer" or (first.kind == "text" and first.words <= 1)
    whole = first.unique and first.fill == 1 and first.rows >= ENOUGH_TO_TELL
    return whole and one_word and not spoken and first.dated == 0


def _free(name: str, taken: Names[str]) -> str:
    while name in taken:
        name += "_"
    return name


def _undated(column: FileColumn, given: Given) -> ColumnFacts:
    """Dates that cannot be told day from month are no dates, unless a person insists."""
    if not column.ambiguous:
        return column.facts
    if given.time == column.facts.name:
        raise FileError(
            f"The dates in {given.time} do not show whether the day or the month comes first "
            f"({column.facts.example}). Write them as 2026-03-31."
        )
    return replace(column.facts, dated=0.0)


def _target(at: int, column: FileColumn, roles: Roles) -> Target:
    name, kind = column.facts.name, column.kind
    if name == roles.time:
        kind = "time"
    elif name in (roles.id, *roles.text, roles.title, roles.owner):
        kind = "text"
    return Target(name, values.TYPES[kind], at, values.converter(name, kind, column.day_first))


def _existing_target(
    at: int, column: FileColumn, types: Mapping[str, str], collection: Collection
) -> Target:
    name = column.facts.name
    kind = values.KINDS.get(types[name])
    if kind is None:
        raise JobError(
            f"The column {name} of {collection.table} has the type {types[name]}, which `load` "
            "does not write. Leave it out of the file."
        )
    if kind == "time":
        _undated(column, Given(time=name))
    return Target(name, types[name], at, values.converter(name, kind, column.day_first))


def _check_same_roles(collection: Collection, given: Given) -> None:
    declared = {
        "id": collection.id,
        "text": collection.text,
        "title": collection.heading,
        "owner": collection.owner,
        "time": collection.time,
        "facets": tuple(source for _, source in collection.facet_columns),
        "language": collection.language,
    }
    for role, is_now in declared.items():
        wanted = getattr(given, role)
        if wanted and wanted != is_now:
            raise JobError(
                f"{collection.name} is there with {role} = {is_now}; --{role.rstrip('s')} is for "
                "--create. Leave it out, or load under a new name."
            )


def _notes(columns: Sequence[FileColumn], roles: Roles) -> list[str]:
    unclear = [c.facts.name for c in columns if c.ambiguous and c.facts.dated == 1.0]
    notes = [
        f"{name} holds dates that do not show whether the day or the month comes first; it was "
        "kept as text. Write them as 2026-03-31."
        for name in unclear
    ]
    if roles.id not in [column.facts.name for column in columns]:
        notes.append(
            "No column tells rows apart, so each row's number in the file does. Loading another "
            "file into this collection would replace rows: give the rows an id for that."
        )
    return notes


def _differences(names: Sequence[str], types: Mapping[str, str], numbered: bool) -> list[str]:
    left_out = [name for name in names if name not in types]
    kept = [name for name in types if name not in names and not (numbered and name == ROW_NUMBER)]
    notes = []
    if left_out:
        notes.append(f"Not loaded, because the table has no such column: {', '.join(left_out)}.")
    if kept:
        notes.append(f"Not in the file, so left as they were: {', '.join(kept)}.")
    return notes

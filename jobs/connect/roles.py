"""Which column plays which role, told from names and contents, each choice with its reason."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from jobs.connect.role_names import (
    KEY_LIKE,
    OWNER_NAMES,
    TEXT_NAMES,
    TIME_NAMES,
    TITLE_NAMES,
    plain,
    rank,
)
from jobs.errors import JobError
from queries.collections.facts import DISTINCT_LIMIT, ColumnFacts

FACET_KINDS = ("text", "boolean", "integer", "number", "list")
MOST_NUMBERS = 20
MOST_FACETS = 12
LONGEST_FACET = 60
LEAST_DATED = 0.5


@dataclass(frozen=True)
class Given:
    """The roles a person named, or, where `before` lists them, an earlier declaration.

    What is None is inferred.
    """

    id: str | None = None
    text: tuple[str, ...] = ()
    title: str | None = None
    owner: str | None = None
    time: str | None = None
    facets: tuple[str, ...] | None = None
    embedding: str | None = None
    language: str | None = None
    before: frozenset[str] = frozenset()

    def reason(self, role: str) -> str:
        """Why a role that is given is so."""
        return "as declared before" if role in self.before else "given"

    def named(self) -> list[str]:
        """Every column named in some role."""
        single = (self.id, self.title, self.owner, self.time, self.embedding)
        return [*(n for n in single if n), *self.text, *(self.facets or ())]


@dataclass(frozen=True)
class Choice:
    """A role, the column or columns that play it, and why."""

    role: str
    columns: tuple[str, ...]
    reason: str

    @property
    def sentence(self) -> str:
        """One line for a person."""
        return f"{self.role:9} {', '.join(self.columns) or '–'}  ({self.reason})"


@dataclass(frozen=True)
class Roles:
    """What was given and inferred together."""

    id: str
    text: tuple[str, ...]
    title: str | None
    owner: str | None
    time: str | None
    facets: tuple[str, ...]
    choices: tuple[Choice, ...]


def check_given(given: Given, columns: Sequence[str], where: str) -> None:
    """Raises JobError if a named column is not there, and lists the ones that are."""
    missing = [name for name in given.named() if name not in columns]
    if missing:
        raise JobError(
            f"{where} has no column {', '.join(map(repr, missing))}. "
            f"Its columns: {', '.join(columns)}."
        )


def infer(facts: Sequence[ColumnFacts], given: Given, id_choice: Choice) -> Roles:
    """All roles but the id, which its caller knows. Raises JobError if no column holds text."""
    taken = {*id_choice.columns, *given.named()}
    text = _given_or("text", given, _text, facts, taken)
    if not text.columns:
        raise JobError(
            "No column holds text to read. Name it with --text; the columns: "
            f"{', '.join(f'{fact.name} ({fact.kind})' for fact in facts)}."
        )
    taken.update(text.columns)
    choices = [id_choice, text]
    for role, pick in (("title", _title), ("owner", _owner), ("time", _time)):
        choice = _given_or(role, given, pick, facts, taken)
        taken.update(choice.columns)
        choices.append(choice)
    facets = _given_or("facets", given, _facets, facts, taken)
    choices.append(facets)
    by_role = {choice.role: choice.columns for choice in choices}
    return Roles(
        id=id_choice.columns[0],
        text=text.columns,
        title=next(iter(by_role["title"]), None),
        owner=next(iter(by_role["owner"]), None),
        time=next(iter(by_role["time"]), None),
        facets=facets.columns,
        choices=tuple(choices),
    )


def _given_or(
    role: str,
    given: Given,
    pick: Callable[[Sequence[ColumnFacts]], Choice],
    facts: Sequence[ColumnFacts],
    taken: set[str],
) -> Choice:
    named = getattr(given, role)
    if named:
        columns = (named,) if isinstance(named, str) else tuple(named)
        return Choice(role, columns, given.reason(role))
    return pick([fact for fact in facts if fact.name not in taken])


def _named(facts: Iterable[ColumnFacts], names: Sequence[str]) -> list[ColumnFacts]:
    """The columns whose names are in the list, best first."""
    ranked = [(rank(fact.name, names), fact) for fact in facts]
    known = [(place, fact) for place, fact in ranked if place is not None]
    return [fact for _, fact in sorted(known, key=lambda pair: pair[0])]


def _text(facts: Sequence[ColumnFacts]) -> Choice:
    kinds = [
        fact for fact in facts if fact.kind == "text" and not KEY_LIKE.search(plain(fact.name))
    ]
    filled = [fact for fact in kinds if fact.fill >= 0.5]
    prose = [fact for fact in filled if fact.words >= 2]
    # Chinese and Japanese put no blanks between words: there a name and some length will do.
    named = _named((fact for fact in filled if fact.words >= 2 or fact.length >= 8), TEXT_NAMES)
    if named:
        return Choice("text", (named[0].name,), f"by its name; {_measure(named[0])}")
    if prose:
        longest = max(prose, key=lambda fact: fact.length)
        return Choice("text", (longest.name,), f"the longest prose; {_measure(longest)}")
    # An empty table, or single words.
    fallback = _named(kinds, TEXT_NAMES) or sorted(kinds, key=lambda f: -f.length * f.fill)[:1]
    return Choice("text", tuple(fact.name for fact in fallback[:1]), "the likeliest text column")


def _measure(fact: ColumnFacts) -> str:
    return f"{fact.length:,.0f} characters and {fact.words:,.0f} words on average"


def _title(facts: Sequence[ColumnFacts]) -> Choice:
    fits = [f for f in facts if f.kind == "text" and f.length <= 200]
    for fact in _named(fits, TITLE_NAMES):
        if plain(fact.name) in TITLE_NAMES[:4] or fact.distinct > _half(fact):
            return Choice("title", (fact.name,), "by its name")
    return Choice("title", (), "no column is named like one")


def _half(fact: ColumnFacts) -> float:
    """Fewer different values than this, and a name repeats too much to be a title."""
    return min(DISTINCT_LIMIT, fact.filled / 2)


def _owner(facts: Sequence[ColumnFacts]) -> Choice:
    kinds = ("text", "integer", "other")
    for fact in _named((f for f in facts if f.kind in kinds), OWNER_NAMES):
        if fact.rows and not fact.filled:
            continue
        return Choice("owner", (fact.name,), f"by its name; {_count(fact.distinct)} different")
    return Choice("owner", (), "no column is named like a person's")


def _time(facts: Sequence[ColumnFacts]) -> Choice:
    live = [fact for fact in facts if fact.kind == "time"]
    written = [fact for fact in facts if fact.kind in ("text", "integer") and fact.filled]
    named = _named(live, TIME_NAMES) + _named(
        (fact for fact in written if fact.dated >= LEAST_DATED), TIME_NAMES
    )
    if named:
        return Choice("time", (named[0].name,), "by its name and its values")
    dated = live + [fact for fact in written if fact.dated == 1.0]
    if dated:
        return Choice("time", (dated[0].name,), "its values are dates")
    return Choice("time", (), "no column holds dates")


def _facets(facts: Sequence[ColumnFacts]) -> Choice:
    names = [fact.name for fact in facts if _is_facet(fact)]
    chosen = tuple(name for name in names if f"{name}_facet" not in names)[:MOST_FACETS]
    reason = "few different values each" if chosen else "no column has few values that repeat"
    return Choice("facets", chosen, reason)


def _is_facet(fact: ColumnFacts) -> bool:
    if fact.kind not in FACET_KINDS or KEY_LIKE.search(plain(fact.name)) or fact.dated == 1.0:
        return False
    most = MOST_NUMBERS if fact.kind in ("integer", "number") else DISTINCT_LIMIT
    repeats = fact.filled - 1 if fact.filled < 20 else fact.filled / 2
    if fact.kind == "list":
        repeats = fact.filled
    return 2 <= fact.distinct <= min(most, repeats) and (
        fact.kind != "text" or fact.length <= LONGEST_FACET
    )


def _count(distinct: int) -> str:
    return f"more than {DISTINCT_LIMIT}" if distinct > DISTINCT_LIMIT else f"{distinct:,}"

"""Every way of reading through a gate: how the tests call it, and what of the answer are row ids.

`test_paths` fails when a public function of queries/ that takes a gate first is neither here nor
in EXEMPT.
"""

import importlib
import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

from sqlalchemy.exc import ProgrammingError

from queries import catalog
from queries.access import reasons, trail
from queries.collection import Collection
from queries.collections import beside, check, check_vectors, news, overview, whats_new
from queries.embeddings import embed, sample_distances, spaces, vectors
from queries.errors import QueryError
from queries.filters import Filters
from queries.gate import WORKER, Gate
from queries.maps import map_rows, points, run_states, runs, saved_views, selected
from queries.maps.outlines import Outline
from queries.people import clients, findings, forgetting, histories, kept_briefs, notes
from queries.queue import asking, jobs, workers
from queries.releases import releases
from queries.rows import facet_counts, facets, groups, role_values, rows, texts, timeline
from queries.search import (
    alike,
    asked_questions,
    explained,
    neighbours,
    saved_searches,
    search,
    shared_words,
)
from queries.systems import (
    code_patterns,
    community,
    documentation,
    duplicates,
    knowledge,
    known_issues,
    repositories,
    twin,
)
from queries.themes import theme_edits, theme_people, theme_rows, themes
from tests.privacy.world import World

EVERYTHING = Filters()
MANY = 10_000
QUERIES = Path(__file__).resolve().parents[2] / "queries"
PLANE = (Outline(((-1e6, -1e6), (1e6, -1e6), (1e6, 1e6), (-1e6, 1e6))),)


@dataclass(frozen=True)
class Asked:
    """One reader's question about one collection. `ids` are all row ids there are."""

    world: World
    gate: Gate
    collection: Collection
    ids: list[str]

    @property
    def run(self) -> int:
        """The current run, whoever asks."""
        return runs.current_or_raise(Gate(self.world.owner, WORKER), self.collection).id

    @property
    def visible(self) -> set[str]:
        """The oracle's answer for this reader."""
        people = self.world.oracle.people
        who = next(w for w, told in people.items() if told.id == self.gate.identity.person)
        return self.world.visible(who, self.collection.name)

    @property
    def space(self) -> Any:
        """The active space, whoever asks."""
        return spaces.active_space(Gate(self.world.owner, WORKER), self.collection)

    @property
    def themes(self) -> list[int]:
        """All themes."""
        found = themes.themes(Gate(self.world.owner, WORKER), self.collection)
        return [int(theme) for theme in found["id"]]


@dataclass(frozen=True)
class Way:
    """How to ask, what in the answer are row ids, whether they must be all that may be seen."""

    ask: Callable[[Asked], Any]
    ids: Callable[[Any], Iterable[str]] | None = None
    exact: bool = False
    worker_only: bool = False


def _run(a: "Asked") -> runs.Run:
    return runs.current_or_raise(Gate(a.world.owner, WORKER), a.collection)


def _ids(frame: Any) -> Iterable[str]:
    return list(frame["row_id"])


def _search(mode: str) -> Callable[[Asked], Any]:
    def ask(a: Asked) -> Any:
        vector = None if mode == "words" else a.world.vector("a good night's sleep")
        words = " ".join(sorted(set(a.world.canaries.values()))[:3]) + " sleep money running"
        found = search.search(a.gate, a.collection, words, vector, EVERYTHING, mode, MANY)
        return replace(found, question=None)  # what was typed is nothing that was told

    return ask


def _every_neighbour(a: Asked) -> Any:
    """Of rows all over, seen or not, and of some seen: what cannot be seen has no neighbours."""
    found = []
    for row_id in (*a.ids[:: max(len(a.ids) // 6, 1)], *sorted(a.visible)[:3]):
        try:
            found.append(neighbours.of_row(a.gate, a.collection, row_id, EVERYTHING, MANY))
        except QueryError as error:
            found.append(str(error))
    return found


def _nearest_to(a: Asked) -> Any:
    aimed = a.world.vector("a good night's sleep")
    return search.nearest_to(a.gate, a.collection, aimed, EVERYTHING, MANY)


def _explained(a: Asked) -> Any:
    aimed = a.world.vector("sleep")
    return explained.explained(a.gate, a.collection, "sleep", aimed, EVERYTHING, "meaning", 10)


def _words_of_pairs(a: Asked) -> Any:
    """Of rows side by side among all there are: whoever sees one of two learns nothing."""
    some = a.ids[:: max(len(a.ids) // 12, 1)]
    return [
        shared_words.shared_words(a.gate, a.collection, one, other) for one, other in pairwise(some)
    ]


def _people_of_themes(a: Asked) -> Any:
    stretch = theme_people.lately(Gate(a.world.owner, WORKER), a.collection)
    return stretch and theme_people.people(a.gate, a.collection, stretch)


PATHS: dict[str, Way] = {
    "rows.by_ids": Way(lambda a: rows.by_ids(a.gate, a.collection, a.ids), _ids, True),
    "rows.newest": Way(lambda a: rows.newest(a.gate, a.collection, EVERYTHING, MANY), _ids, True),
    "search.search": Way(_search("meaning"), lambda found: _ids(found.hits), True),
    "search.search words": Way(_search("words"), lambda found: _ids(found.hits)),
    "search.search hybrid": Way(_search("hybrid"), lambda found: _ids(found.hits), True),
    "search.nearest_to": Way(_nearest_to, lambda found: _ids(found.hits), True),
    "explained.explained": Way(_explained),
    "alike.alike": Way(
        lambda a: alike.alike(a.gate, a.collection, EVERYTHING, -1, None, MANY).pairs,
        lambda found: chain(found["row_id"], found["other_id"]),
    ),
    "alike.was_compared": Way(lambda a: alike.was_compared(a.gate, a.collection)),
    "shared_words.shared_words": Way(_words_of_pairs),
    "neighbours.of_row": Way(
        _every_neighbour,
        lambda found: chain(*(_ids(frame) for frame in found if not isinstance(frame, str))),
    ),
    "points.points": Way(
        lambda a: points.points(a.gate, a.collection, a.run, "topic", EVERYTHING), _ids, True
    ),
    "points.points within": Way(
        lambda a: points.points(a.gate, a.collection, a.run, "topic", Filters(outlines=PLANE)),
        _ids,
        True,
    ),
    "points.places": Way(lambda a: points.places(a.gate, a.collection, a.run, a.ids), _ids, True),
    "points.proposed": Way(lambda a: points.proposed(a.gate, a.collection), _ids),
    "points.mapped": Way(lambda a: points.mapped(a.gate, a.collection)),
    "points.waiting": Way(lambda a: points.waiting(a.gate, a.collection, a.run)),
    "points.count": Way(lambda a: points.count(a.gate, a.collection, a.run, EVERYTHING)),
    "selected.inside": Way(
        lambda a: selected.inside(a.gate, a.collection, a.run, PLANE, EVERYTHING, limit=MANY),
        lambda found: _ids(found.rows),
        True,
    ),
    "points.extent": Way(lambda a: points.extent(a.gate, a.collection, a.run)),
    "themes.themes": Way(
        lambda a: themes.themes(a.gate, a.collection),
        lambda found: chain(*found["representatives"]),
    ),
    "themes.members": Way(
        lambda a: [
            themes.members(a.gate, a.collection, theme, EVERYTHING, MANY) for theme in a.themes
        ],
        lambda found: chain(*(_ids(frame) for frame in found)),
    ),
    "themes.borderline": Way(
        lambda a: [
            themes.borderline(a.gate, a.collection, theme, EVERYTHING, MANY) for theme in a.themes
        ],
        lambda found: chain(*(_ids(frame) for frame in found)),
    ),
    "themes.membership": Way(
        lambda a: themes.membership(a.gate, a.collection), lambda found: chain(*found.values())
    ),
    "themes.trend": Way(lambda a: themes.trend(a.gate, a.collection, a.themes)),
    "themes.events": Way(
        lambda a: [themes.events(a.gate, a.collection, theme) for theme in a.themes]
    ),
    "facets.counts": Way(lambda a: facets.counts(a.gate, a.collection, "topic", EVERYTHING, MANY)),
    "facets.owners": Way(lambda a: facets.owners(a.gate, a.collection, EVERYTHING, MANY)),
    "facet_counts.all_counts": Way(
        lambda a: facet_counts.all_counts(a.gate, a.collection, EVERYTHING, MANY)
    ),
    "timeline.span": Way(lambda a: timeline.span(a.gate, a.collection)),
    "timeline.counts": Way(lambda a: timeline.counts(a.gate, a.collection, EVERYTHING)),
    "overview.summary": Way(lambda a: overview.summary(a.gate, a.collection)),
    "overview.what_was_made": Way(lambda a: overview.what_was_made(a.gate, a.collection)),
    "spaces.row_count": Way(lambda a: spaces.row_count(a.gate, a.collection)),
    "spaces.embedded_count": Way(lambda a: spaces.embedded_count(a.gate, a.collection)),
    "spaces.spaces": Way(lambda a: spaces.spaces(a.gate, a.collection)),
    "spaces.active_space": Way(lambda a: spaces.active_space(a.gate, a.collection)),
    "spaces.model_of": Way(lambda a: spaces.model_of(a.gate, a.collection)),
    "runs.current": Way(lambda a: runs.current(a.gate, a.collection)),
    "runs.current_or_raise": Way(lambda a: runs.current_or_raise(a.gate, a.collection)),
    "runs.export": Way(
        lambda a: runs.export(a.gate, a.collection), lambda found: list(found["id"]), True
    ),
    "role_values.role_values": Way(
        lambda a: role_values.role_values(a.gate, a.collection, "topic"), list, True
    ),
    "texts.texts": Way(
        lambda a: dict(zip(a.ids, texts.texts(a.gate, a.collection, a.ids), strict=True)),
        lambda found: [row_id for row_id, told in found.items() if told],
        True,
    ),
    "catalog.collections": Way(lambda a: catalog.collections(a.gate)),
    "catalog.collection_named": Way(lambda a: catalog.collection_named(a.gate, a.collection.name)),
    "jobs.jobs": Way(lambda a: jobs.jobs(a.gate)),
    "jobs.job": Way(lambda a: jobs.job(a.gate, 1)),
    "check.counts": Way(lambda a: check.counts(a.gate, a.collection)),
    "check.row_count": Way(lambda a: check.row_count(a.gate, a.collection)),
    "check.coverage": Way(
        lambda a: list(check.coverage(a.gate, a.collection, check.counts(a.gate, a.collection)))
    ),
    "releases.releases": Way(lambda a: releases.releases(a.gate)),
    "releases.cells": Way(lambda a: releases.cells(a.gate, 1)),
    "news.embedded_names": Way(lambda a: news.embedded_names(a.gate)),
    "news.change_mark": Way(lambda a: news.change_mark(a.gate, a.collection)),
    "news.has_news": Way(lambda a: news.has_news(a.gate, a.collection, a.space), worker_only=True),
    "check_vectors.sample": Way(
        lambda a: check_vectors.sample(a.gate, a.collection, a.space, 10), worker_only=True
    ),
    "embed.unembedded": Way(
        lambda a: list(embed.unembedded(a.gate, a.collection, a.space, 10, 99)), worker_only=True
    ),
    "embed.unembedded_count": Way(
        lambda a: embed.unembedded_count(a.gate, a.collection, a.space), worker_only=True
    ),
    "runs.points_of": Way(
        lambda a: runs.points_of(a.gate, _run(a)),
        worker_only=True,
    ),
    "map_rows.everything": Way(
        lambda a: map_rows.everything(a.gate, a.collection, a.space), worker_only=True
    ),
    "map_rows.changes": Way(
        lambda a: map_rows.changes(a.gate, a.collection, a.space, _run(a)), worker_only=True
    ),
    "map_rows.arrivals": Way(
        lambda a: map_rows.arrivals(
            a.gate, a.collection, a.space, _run(a), map_rows.Changes([], [], 1), 10
        ),
        worker_only=True,
    ),
    "spaces.refused_counts": Way(
        lambda a: spaces.refused_counts(a.gate, a.space), worker_only=True
    ),
    "themes.known_themes": Way(
        lambda a: themes.known_themes(a.gate, a.collection), worker_only=True
    ),
    "vectors.embeddings": Way(
        lambda a: vectors.embeddings(a.gate, a.collection, a.space), worker_only=True
    ),
    "vectors.direction_count": Way(
        lambda a: vectors.direction_count(a.gate, a.collection, a.space), worker_only=True
    ),
    "vectors.embedding_of": Way(
        lambda a: vectors.embedding_of(a.gate, a.collection, a.space, a.ids[0]), worker_only=True
    ),
    "workers.workers": Way(lambda a: workers.workers(a.gate), worker_only=True),
}
PATHS |= {
    "theme_rows.borderline": Way(
        lambda a: [
            theme_rows.borderline(a.gate, a.collection, theme, EVERYTHING, MANY)
            for theme in a.themes
        ],
        lambda found: chain(*(_ids(frame) for frame in found)),
    ),
    "theme_rows.people": Way(
        lambda a: [
            theme_rows.people(a.gate, a.collection, theme, EVERYTHING, MANY) for theme in a.themes
        ]
    ),
    "saved_views.views": Way(lambda a: saved_views.views(a.gate, a.collection)),
    "saved_searches.searches": Way(lambda a: saved_searches.searches(a.gate)),
    "asked_questions.asked": Way(lambda a: asked_questions.asked(a.gate, a.collection)),
    "asking.work_on": Way(lambda a: asking.work_on(a.gate, a.collection)),
    "asking.map_state": Way(lambda a: asking.map_state(a.gate, a.collection)),
    "forgetting.mapped": Way(lambda a: forgetting.mapped(a.gate, [a.collection.name])),
    "trail.entries": Way(lambda a: trail.entries(a.gate)),
    "trail.people": Way(lambda a: trail.people(a.gate)),
    "trail.breaks": Way(lambda a: trail.breaks(a.gate)),
    "reasons.own_reason": Way(lambda a: reasons.own_reason(a.gate, a.collection.name)),
    "groups.group": Way(lambda a: groups.group(a.gate, a.collection, EVERYTHING)),
    "run_states.proposal": Way(lambda a: run_states.proposal(a.gate, a.collection)),
    "run_states.refit_because": Way(lambda a: run_states.refit_because(a.gate, a.collection)),
    "run_states.placed": Way(lambda a: run_states.placed(a.gate, a.run)),
    "theme_edits.standing": Way(lambda a: theme_edits.standing(a.gate, a.collection)),
    "theme_edits.edits": Way(lambda a: theme_edits.edits(a.gate, a.collection)),
    "theme_people.people": Way(_people_of_themes),
    "theme_people.lately": Way(lambda a: theme_people.lately(a.gate, a.collection)),
    "theme_people.newly_born": Way(lambda a: theme_people.newly_born(a.gate, a.collection)),
    "theme_people.begun": Way(lambda a: theme_people.begun(a.gate, a.collection)),
}


def _of_each_client(read: Callable[..., Any], ids: str | None = None) -> Callable[[Asked], Any]:
    """Of every client there is, also those that are somebody else's, by id and by pseudonym.

    With `ids`, the answers together have every row in sight.
    """

    def ask(a: Asked) -> Any:
        shown = histories.histories(a.gate, a.collection).people["owner"]
        found = [read(a.gate, a.collection, o) for o in sorted({*a.world.owners(), *shown})]
        if ids:
            got = {row for frame in found for row in frame[ids]}
            assert got == a.visible, f"{len(got)} of {len(a.visible)} rows"
        return found

    return ask


def _ids_of_each(name: str) -> Callable[[Any], Iterable[str]]:
    return lambda found: chain(*(list(frame[name]) for frame in found if name in frame))


def _histories(a: Asked) -> Any:
    """As many people, answers and sessions as are in sight: their ids are not in the answer."""
    found = histories.histories(a.gate, a.collection)
    owner = a.world.oracle.tables[a.collection.name].rows
    people = len({owner[row] for row in a.visible})
    told = (len(found.people), len(found.answers), len(found.sessions))
    assert told == (people, len(a.visible), len(a.visible)), f"{told} of {len(a.visible)} rows"
    return found


PATHS |= {
    "histories.histories": Way(_histories),
    "histories.exercises": Way(lambda a: histories.exercises(a.gate, a.collection)),
    "clients.profiles": Way(lambda a: clients.profiles(a.gate, a.collection)),
    "clients.answers": Way(_of_each_client(clients.answers, "row_id"), _ids_of_each("row_id")),
    "clients.texts": Way(_of_each_client(clients.texts, "row_id"), _ids_of_each("row_id")),
    "clients.sessions": Way(_of_each_client(clients.sessions, "id"), _ids_of_each("id")),
    "clients.media": Way(_of_each_client(clients.media, "id"), _ids_of_each("id")),
    "findings.waiting": Way(
        lambda a: list(findings.waiting(a.gate, a.collection, "lexicon", "tests", MANY, None)),
        worker_only=True,
    ),
    "notes.own_notes": Way(_of_each_client(notes.own_notes)),
    "kept_briefs.own_brief": Way(_of_each_client(kept_briefs.own_brief)),
}
# Without names only for the worker; of collections without persons' texts as `texts`.
PATHS |= {
    f"texts.{name}": Way(
        lambda a, made=made: dict(zip(a.ids, made(a.gate, a.collection, a.ids), strict=True)),
        lambda found: [row_id for row_id, told in found.items() if told],
    )
    for name, made in (("nameless", texts.nameless), ("masked", texts.masked))
}


PATHS |= {
    "whats_new.new_rows": Way(
        lambda a: whats_new.new_rows(a.gate, a.collection, datetime(2000, 1, 1, tzinfo=UTC))
    ),
    "whats_new.born_themes": Way(
        lambda a: whats_new.born_themes(a.gate, a.collection, datetime(2000, 1, 1, tzinfo=UTC))
    ),
}


def _material(ask: Callable[[Asked], Any]) -> Way:
    """A read of what stands beside patterns: refused or empty where the collection is not open."""
    return Way(ask)


PATHS |= {
    "beside.told": _material(lambda a: beside.told(a.gate, a.collection, "repositories")),
    "code_patterns.query_patterns": Way(
        lambda a: code_patterns.query_patterns(a.gate, a.collection, ["e"], 1, MANY, "topic"),
        _ids,
        True,
    ),
    "code_patterns.get_cross_repo_patterns": Way(
        lambda a: code_patterns.get_cross_repo_patterns(
            a.gate, a.collection, 1, None, MANY, "topic"
        ),
        lambda found: chain(*found["row_ids"]),
    ),
    "code_patterns.across": Way(
        lambda a: code_patterns.across(a.gate, a.collection, a.ids[0], MANY, "topic"), _ids
    ),
    **{
        f"{module.__name__.rpartition('.')[2]}.{name}": _material(
            lambda a, module=module, name=name, more=more: getattr(module, name)(
                a.gate, a.collection, *more
            )
        )
        for module, name, more in (
            (repositories, "get_repository_list", ()),
            (repositories, "repository_id", ("alpha",)),
            (repositories, "of_repository", ("lessons", "alpha")),
            (repositories, "get_deployment_info", ("alpha",)),
            (repositories, "depends_on", ("numpy",)),
            (repositories, "needs", ("alpha",)),
            (repositories, "related", ("alpha",)),
            (repositories, "patterns_by_theme", ()),
            (known_issues, "query_known_issues", ()),
            (known_issues, "get_pattern_health", ("retry",)),
            (documentation, "check_documentation_standards", ("alpha",)),
            (knowledge, "changes", ()),
            (community, "engagement", ()),
            (twin, "documents", ()),
            (twin, "conversations", ()),
            (twin, "expiring", ()),
            (twin, "ingestions", ()),
            (duplicates, "duplicates", ()),
            (sample_distances, "sample_distances", ()),
        )
    },
}
# Functions that need no caller here, each with its reason.
EXEMPT: dict[str, str] = {
    "packed.packed": "runs its caller's statement: points.points and points.proposed are above",
    "saved_views.save": "keeps an address of the reader's own and hands out no row",
    "saved_searches.save": "keeps a question of the reader's own and hands out no row",
    "saved_searches.see": "a moment of the reader's own",
    "asked_questions.note": "keeps a question of the reader's own and hands out no row",
    "asked_questions.forget_all": "forgets the reader's own questions",
    "asked_questions.are_kept": "a choice of the reader's own",
    "asked_questions.keep": "a choice of the reader's own",
    "saved_views.forget": "drops a view of the reader's own",
    "asking.ask_map": "asks for a map and hands out no row (tests/queries/queue/test_asking.py)",
    "asking.ask_theme": "asks for a change to a theme and hands out no row",
    "asking.answer": "hands out what came of the reader's own wish (test_asking.py)",
    "asking.cancel": "asks a job to stop and hands out no row",
    "reasons.give_reason": "changes the operator's own rights and hands out no row",
    "reasons.end_reason": "changes the operator's own rights and hands out no row",
    "notes.write_note": "writes; test_notes.py tries it for others' clients",
    "notes.change_note": "writes; test_notes.py tries it with others' notes",
    "notes.remove_note": "writes; test_notes.py tries it with others' notes",
    "kept_briefs.keep_brief": "writes; test_kept_brief.py tries it for others' clients",
    "kept_briefs.drop_brief": "drops; test_kept_brief.py tries it with others' briefs",
    "community.contributors": "needs a community's own columns: test_community.py",
    **dict.fromkeys(
        (
            *("knowledge.add_lesson_learned", "knowledge.update_dependency_info"),
            *("knowledge.add_deployment_info", "knowledge.add_runtime_issue"),
            *("duplicates.resolve_duplicate", "reader_calls.called"),
        ),
        "writes as an engineer and hands out nothing (tests/queries/systems/test_knowledge.py)",
    ),
    "house.house": "an operator's figures, no row of anybody: tests/pages/test_roles.py",
    "whats_new.last_here": "a moment of the reader's own",
    "screen_use.note": "counts the reader's own page and hands out nothing",
    "theme_people.tell": "stores what the engine worked out and hands out nothing",
}


def dotted(path: Path) -> str:
    """The name by which a module is imported."""
    return ".".join(path.relative_to(QUERIES.parent).with_suffix("").parts)


def reading_functions() -> Iterator[str]:
    """Public functions of queries/ whose first parameter is a gate."""
    for path in sorted(QUERIES.rglob("*.py")):
        module = importlib.import_module(dotted(path))
        for name, made in inspect.getmembers(module, inspect.isfunction):
            if made.__module__ != module.__name__ or name.startswith("_"):
                continue
            first = next(iter(inspect.signature(made).parameters.values()), None)
            if first is not None and first.annotation in (Gate, "Gate"):
                yield f"{path.stem}.{name}"


def told(answer: Any) -> str:
    """Everything in an answer, as text."""
    if hasattr(answer, "to_csv"):
        return str(answer.to_csv())
    if isinstance(answer, dict):
        return "\n".join(f"{told(key)} {told(value)}" for key, value in answer.items())
    if isinstance(answer, list | tuple):
        return "\n".join(map(told, answer))
    if hasattr(answer, "__dataclass_fields__"):
        return "\n".join(told(getattr(answer, name)) for name in answer.__dataclass_fields__)
    return repr(answer)


class Refused:
    """What a reader gets who has no right even to the view."""


def ask(path: Way, asked: Asked) -> Any:
    """The answer; REFUSED where the database or Northlight refuses in its own words."""
    try:
        return path.ask(asked)
    except ProgrammingError as error:
        # No right, no view, no such column; anything else is a fault.
        if getattr(error.orig, "sqlstate", None) not in ("42501", "42P01", "42703"):
            raise
        return Refused()
    except QueryError as error:
        return [str(error), Refused()]


def is_refused(answer: Any) -> bool:
    """Whether nothing came back."""
    return isinstance(answer, Refused) or (
        isinstance(answer, list) and any(isinstance(part, Refused) for part in answer)
    )

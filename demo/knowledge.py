"""What the source and metadata of the installed packages say, as rows of the schema `nexus`.

A package is a repository. Everything is the packages' own words; tables for which they have none
(deployments, security patterns, the history of analyses) stay empty.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from demo.docstrings import changes, description, first_sentence, reason
from demo.packages import Package
from demo.rows import Columns, Rows
from demo.source import Documented, documented, module_name

MOST_PATTERNS = 200
MOST_LESSONS = 40
MOST_DECISIONS = 20
LONGEST_SIGNATURE = 160
REPOSITORY = {"repo_id": ("nexus.repositories", "name")}
FRAMEWORKS = frozenset({"pytest", "hypothesis", "nose", "nose2", "tox", "nox", "unittest2", "asv"})
FAULT = re.compile(r"(Error|Exception|Warning)$")
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")

COMPONENT: Columns = ("repo_id", "name", "purpose", "location")
DEPENDENCY: Columns = ("repo_id", "dependency_name", "dependency_type", "dependency_version")

Found = dict[str, list[Documented]]
Row = tuple[Any, ...]


def read_sources(packages: Sequence[Package]) -> Iterator[tuple[Package, list[Documented]]]:
    """Each package with its documented parts, as they are read."""
    for package in packages:
        yield package, documented(package, MOST_PATTERNS)


def knowledge(packages: Sequence[Package], found: Found) -> list[Rows]:
    """The rows of `nexus`, a table after those it refers to."""
    names = {package.name for package in packages}
    return [
        _rows("repositories", ("name", "problem_domain"), 1, _repositories(packages)),
        _rows("patterns", ("repo_id", "name", "description", "context"), 2, _patterns(found)),
        _rows("technical_decisions", ("repo_id", "what", "why"), 2, _decisions(found)),
        _rows("reusable_components", COMPONENT, 2, _components(packages, found)),
        _rows("dependencies", DEPENDENCY, 3, _dependencies(packages)),
        _relationships(packages, names),
        _rows(
            "lessons_learned", ("repo_id", "title", "description", "category"), 2, _lessons(found)
        ),
        _rows("test_frameworks", ("repo_id", "framework_name"), 2, _frameworks(packages)),
        _issues(found),
    ]


def pattern_keywords(found: Found) -> list[tuple[str, str, str]]:
    """(repository, pattern, keyword): the words a pattern's own name is made of."""
    links = []
    for package, things in found.items():
        for name, *_ in _described(things):
            words = {word.lower() for word in WORD.findall(name.rpartition(".")[2])}
            links += [(package, name, word) for word in sorted(words) if len(word) > 2]
    return links


def _rows(table: str, columns: tuple[str, ...], key_length: int, rows: Iterator[Row]) -> Rows:
    """Rows told apart by their first columns; of several with the same key the first stays."""
    unique: dict[Row, Row] = {}
    for row in rows:
        unique.setdefault(row[:key_length], row)
    references = REPOSITORY if "repo_id" in columns else {}
    key = columns[:key_length]
    return Rows(f"nexus.{table}", columns, key, list(unique.values()), references)


def _repositories(packages: Sequence[Package]) -> Iterator[Row]:
    yield from ((package.name, package.summary or None) for package in packages)


def _described(things: list[Documented]) -> list[tuple[str, str, str]]:
    """Name, description and context of what says something of its own."""
    seen: set[str] = set()
    kept = []
    for thing in things:
        text = description(thing.docstring)
        if text and text not in seen:
            seen.add(text)
            kept.append((thing.name, text, _context(thing)))
    return kept


def _context(thing: Documented) -> str:
    if thing.kind in {"module", "package"}:
        return f"{thing.kind} {thing.name}"
    signature = thing.signature
    if len(signature) > LONGEST_SIGNATURE:
        signature = signature[:LONGEST_SIGNATURE].rpartition(",")[0] + ", …)"
    return f"{signature} in {thing.module}"


def _patterns(found: Found) -> Iterator[Row]:
    for package, things in found.items():
        yield from ((package, *row) for row in _described(things))


def _decisions(found: Found) -> Iterator[Row]:
    for package, things in found.items():
        docs = (pair for thing in things for pair in _docstrings(thing))
        decided = [(name, why) for name, docstring in docs if (why := reason(docstring))]
        yield from ((package, name, why) for name, why in decided[:MOST_DECISIONS])


def _docstrings(thing: Documented) -> Iterator[tuple[str, str]]:
    yield thing.name, thing.docstring
    yield from thing.methods


def _lessons(found: Found) -> Iterator[Row]:
    for package, things in found.items():
        noted = [
            (package, f"{name}: {_kind(change.kind)} {change.version}".strip(), change.text, kind)
            for thing in things
            for name, docstring in _docstrings(thing)
            for change in changes(docstring)
            for kind in ("deprecated" if change.kind == "deprecated" else "changed",)
        ]
        yield from noted[:MOST_LESSONS]


def _kind(directive: str) -> str:
    return "deprecated since" if directive == "deprecated" else "changed in"


def _components(packages: Sequence[Package], found: Found) -> Iterator[Row]:
    """Commands and plug-ins with what their code says of itself, and packages within packages."""
    for package in packages:
        things = found[package.name]
        docs = {thing.name: thing for thing in things}
        for entry in package.entry_points:
            module, _, attribute = entry.value.partition(":")
            told = docs.get(f"{module}.{attribute}") or docs.get(module)
            purpose = told and description(told.docstring)
            if purpose:
                yield package.name, f"{entry.name} ({entry.group})", purpose, entry.value
        for thing in things:
            if thing.kind == "package" and (purpose := description(thing.docstring)):
                yield package.name, module_name(thing.file), purpose, thing.file


def _dependencies(packages: Sequence[Package]) -> Iterator[Row]:
    for package in packages:
        for need in package.requirements:
            kind = f"optional: {need.extra}"[:50] if need.extra else "runtime"
            yield package.name, need.name, kind, need.version or None


def _relationships(packages: Sequence[Package], names: set[str]) -> Rows:
    columns: Columns = ("source_repo_id", "target_repo_id", "relationship_type", "description")
    references = dict.fromkeys(columns[:2], REPOSITORY["repo_id"])
    needed = {
        (package.name, need.name, "optional" if need.extra else "depends on"): need.version or None
        for package in packages
        for need in package.requirements
        if need.name in names and need.name != package.name
    }
    rows = [(*key, version) for key, version in sorted(needed.items())]
    return Rows("nexus.repository_relationships", columns, columns[:3], rows, references)


def _frameworks(packages: Sequence[Package]) -> Iterator[Row]:
    for package in packages:
        for need in package.requirements:
            if need.extra and need.name in FRAMEWORKS:
                yield package.name, need.name


def _issues(found: Found) -> Rows:
    """What can go wrong, from the error and warning classes that say when they are raised."""
    columns: Columns = ("issue_id", "repo_id", "issue_type", "severity", "root_cause")
    columns += ("pattern_reference", "status")
    rows = [
        (
            thing.name,
            package,
            thing.bases[0].rpartition(".")[2],
            "warning" if thing.bases[0].endswith("Warning") else "error",
            text,
            thing.name,
            "known",
        )
        for package, things in found.items()
        for thing in things
        if thing.bases and FAULT.search(thing.bases[0])
        if (text := first_sentence(description(thing.docstring)))
    ]
    return Rows("nexus.runtime_issues", columns, columns[:1], rows, REPOSITORY)

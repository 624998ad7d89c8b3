"""The parts of a repository's page."""

from typing import Any

import pandas as pd
import streamlit as st

from pages.shared import cached, cached_patterns, issue_parts, messages, screens, words
from pages.shared.scope import Scope
from pages.shared.system_frame import beside_it
from queries.errors import NotEmbedded, QueryError
from queries.filters import Filters
from queries.systems import knowledge

SHOWN = 12
WRITERS = ("engineer", "operator")
NEEDED = ":material/arrow_outward:"
SEVERITIES = ("low", "medium", "high", "critical")
BESIDE = {
    "tests": ("Tests", {"framework": "Framework", "coverage": "Coverage, %"}),
    "security": (
        "Security",
        {"name": "Pattern", "method": "Authentication", "standard": "Standard"},
    ),
    "deployments": ("Deployment", {"name": "Name", "description": "What", "commands": "Commands"}),
    "components": ("Components", {"name": "Component", "purpose": "Purpose", "location": "Where"}),
    "analyses": ("Analyses", {"time": "When", "patterns": "Patterns", "commit": "Commit"}),
}


def headline(about: Any) -> None:
    """What it is for, and its figures."""
    analysed = (
        words.ago(about["analyzed"], cached.now()) if pd.notna(about["analyzed"]) else "never"
    )
    st.markdown(f"{about['domain'] or 'Nobody has said what it is for.'}  \nAnalysed {analysed}.")
    names = ("patterns", "dependencies", "issues", "lessons", "decisions", "coverage", "drift")
    with st.container(horizontal=True):
        for name in names:
            if name in about.index and pd.notna(about[name]):
                st.metric(name.capitalize(), _figure(name, about[name]), border=True, width=130)


def patterns(scope: Scope, name: str) -> None:
    """Its patterns, each with the way to its like elsewhere."""
    st.subheader("Patterns")
    own = Scope(scope.collection, Filters((("repository", (name,)),)), scope.gate, scope.version)
    found = cached.newest(own, SHOWN)
    for row in found.itertuples():
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            screens.link("patterns", words.short(row.title, 46), like=row.row_id, view="Find")
            st.caption(words.short(row.text, 80), width="stretch")
    if found.empty:
        messages.nothing_found("No pattern was found in it.", "It may not be analysed yet.")


def recommended(scope: Scope, about: Any) -> None:
    """Existing components of others, nearest to what this repository is for."""
    components = beside_it(scope, "reusable_components")
    if components is None or not about["domain"]:
        return
    st.subheader("Existing code that may fit")
    try:
        found = cached.search(components, str(about["domain"]), "hybrid", SHOWN).hits
    except NotEmbedded as missing:
        st.caption(str(missing))
        return
    where = cached.by_ids(components, tuple(found["row_id"])).set_index("row_id")["repository"]
    others = found.assign(repository=found["row_id"].map(where))
    others = others[others["repository"] != about["repository"]].head(4)
    for row in others.itertuples():
        told = f"{row.title}, {row.repository}"
        screens.reopen(told, f"fits-{row.row_id}", repository=row.repository)
        st.caption(words.short(row.text, 160))
    if others.empty:
        st.caption("Nothing of another repository is near what this one is for.")


def issues(scope: Scope, name: str) -> None:
    """Its known issues."""
    st.subheader("Known issues")
    issue_parts.show(cached_patterns.issues(scope, None, name))


def lessons(scope: Scope, name: str) -> None:
    """What was learned and decided."""
    st.subheader("Lessons and decisions")
    learned = cached_patterns.of_repository(scope, "lessons", name)
    decided = cached_patterns.of_repository(scope, "decisions", name)
    told = pd.concat(
        [
            learned.assign(what="lesson", why=learned["description"])[["what", "title", "why"]],
            decided.assign(title=decided["what"], what="decision")[["what", "title", "why"]],
        ]
    )
    _table(told, {"what": "What", "title": "Title", "why": "Why"}, "Nothing was written down.")


def links(scope: Scope, name: str) -> None:
    """What it needs and who needs it."""
    st.subheader("Dependencies")
    needs = cached_patterns.needs(scope, name)
    direct = cached_patterns.dependents(scope, name)
    direct = direct[direct["steps"] == 1]
    needed = words.count(needs["name"].nunique(), "dependency", "dependencies")
    st.markdown(
        f"**{needed}**; needed by **{words.count(len(direct), 'repository', 'repositories')}**."
    )
    others = needs[needs["known"] & (needs["name"] != name)]
    for row in others.drop_duplicates("name").head(8).itertuples():
        screens.reopen(row.name, f"need-{row.name}", NEEDED, repository=row.name)
    screens.link("patterns", "Walk the graph", ":material/hub:", view="Dependencies", on=name)
    related = cached_patterns.related(scope, name)
    with st.expander("Relationships"):
        _table(related, {n: n.capitalize() for n in related.columns}, "None.")


def checks(scope: Scope, name: str) -> None:
    """Its documentation, checked."""
    st.subheader("Documentation")
    found = cached_patterns.checks(scope, name)
    done = int(found["passed"].sum())
    st.caption(f"{done} of {len(found)} checks passed.")
    _table(found, {"check": "Check", "passed": "Passed", "found": "Found"}, "")


def beside(scope: Scope, name: str) -> None:
    """Tests, security, deployment, components and analyses."""
    for companion, (title, columns) in BESIDE.items():
        found = cached_patterns.of_repository(scope, companion, name)
        st.subheader(title)
        _table(found, columns, "None is written down.")


def add(scope: Scope, name: str) -> None:
    """Write down a lesson or an issue, and what was written down before."""
    if scope.gate.identity.role not in WRITERS:
        return
    with st.expander("Write something down"), st.form("add", border=False, clear_on_submit=True):
        kind = st.radio("What", ["Lesson", "Dependency", "Issue"], horizontal=True)
        title = st.text_input("Title, name or number")
        said = st.text_area("What is to be known", max_chars=4000)
        with st.container(horizontal=True):
            severity = st.selectbox("Severity of an issue", SEVERITIES)
            seen = st.date_input("It was seen on", value=None, max_value="today")
            pattern = st.text_input("The pattern it is of", placeholder="its whole name")
        if st.form_submit_button("Keep it", type="primary"):
            issue = {"detected_at": seen and seen.isoformat(), "pattern_reference": pattern or None}
            _keep(scope, name, kind, title, said, {"severity": severity, **issue})
    history = cached_patterns.beside(scope, "changes")
    mine = history[history["subject"].str.startswith(f"{name}: ")] if len(history) else history
    with st.expander("Who wrote what"):
        _table(
            mine, {"time": "When", "person": "Who", "action": "What", "subject": "Of"}, "Nobody."
        )


def _keep(scope: Scope, name: str, kind: str, title: str, said: str, issue: dict[str, Any]) -> None:
    gate, collection = scope.gate, scope.collection
    try:
        if kind == "Lesson":
            knowledge.add_lesson_learned(gate, collection, name, title, said)
        elif kind == "Dependency":
            knowledge.update_dependency_info(gate, collection, name, title, version=said or None)
        else:
            issue = {"root_cause": said, **issue}
            knowledge.add_runtime_issue(gate, collection, name, title, "reported", **issue)
    except QueryError as error:
        messages.failed(error)
        return
    cached_patterns.forget()
    st.toast(f"{kind} kept.", icon=":material/check:")


def _figure(name: str, value: Any) -> str:
    return {"coverage": f"{value:.0f}%", "drift": f"{value:.2f}"}.get(name) or f"{int(value):,}"


def _table(found: pd.DataFrame, columns: dict[str, str], empty: str) -> None:
    if found.empty:
        st.caption(empty)
        return
    shown = found[list(columns)].dropna(axis="columns", how="all")
    height = "content" if len(shown) <= 8 else 300
    st.dataframe(shown, hide_index=True, height=height, column_config=columns)

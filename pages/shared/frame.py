"""The frame of every page: title, identity, collection and filters.

Pages draw it themselves because a deep link on a freshly started server runs the page without
app.py: a folder called `pages` is Streamlit's older way of listing screens, and it believes in it
until the navigation was drawn once.
"""

from collections.abc import Mapping
from contextlib import suppress
from contextvars import ContextVar
from itertools import groupby
from time import monotonic

import streamlit as st

from pages.shared import (
    address,
    ahead,
    cached,
    database,
    figure,
    identity,
    messages,
    narrowing,
    operator_reason,
    screens,
    style,
)
from pages.shared.scope import Scope
from queries.collection import Collection
from queries.errors import QueryError
from queries.gate import Gate
from queries.releases import screen_use

GROUPS = {
    "playbook": "Coaching",
    "community": "Community",
    "twin": "Digital twin",
    "nexus": "Engineering",
    "yours": "Yours",
}
FIRST_CHOICE = "responses"
_READER: ContextVar[Gate | None] = ContextVar("who reads in this run of app.py", default=None)


def open_page(title: str) -> Scope:
    """Draw the frame and say what the page is about; stops with a sentence if it cannot."""
    return narrowed(open_plain(title), title)


def narrowed(gate: Gate, title: str) -> Scope:
    """What the page is about, chosen and narrowed in the sidebar; stops with a sentence if not."""
    try:
        return _scope(gate, cached.collections(gate.identity, gate), title)
    except QueryError as error:
        messages.failed(error)
        st.stop()


def open_plain(title: str) -> Gate:
    """Draw the frame of a page that is about no collection; stops if it is not for the reader."""
    st.set_page_config(page_title=f"{title} · Northlight")
    gate = _READER.get()
    if gate is None:  # a cold deep link: the page runs by itself
        gate = _entered()
        screens.listed(gate.identity.role)
    screen = screens.titled(title)
    _demand_role(gate.identity.role, screen)
    if screen.charts:
        figure.announce()
    return gate


def run() -> None:
    """List the screens for whoever reads and run the chosen one: all that app.py does."""
    gate = _entered()
    chosen = screens.listed(gate.identity.role)
    token, begun = _READER.set(gate), monotonic()
    try:
        chosen.run()
    finally:
        _READER.reset(token)
        with suppress(QueryError):  # how long it took is no reason to lose the page
            screen_use.note(gate, chosen.title, monotonic() - begun)
        ahead.bring()


def _entered() -> Gate:
    """The reader of this run; stops, offering no screen, where there is none."""
    st.set_page_config(page_icon=str(screens.ICON), layout="wide")
    style.apply()
    st.logo(str(screens.LOGO), size="large", icon_image=str(screens.ICON))
    try:
        return database.gate(identity.current())
    except QueryError as error:
        screens.listed(None)
        messages.failed(error)
        st.stop()


def _demand_role(role: str, screen: screens.Screen) -> None:
    """Stop, saying for whom the screen is, unless it is for this role."""
    if role in screen.roles:
        return
    st.title(screen.title)
    if role == "product":
        _say_why_nothing(role)
    else:
        theirs = [screens.ROLES[each] for each in screen.roles]
        told = " and ".join(filter(None, (", ".join(theirs[:-1]), theirs[-1])))
        st.write(f"This screen is for the role {told}; those in the sidebar are for yours.")
    st.stop()


def _scope(gate: Gate, collections: list[Collection], title: str) -> Scope:
    if not collections:
        st.title(title)
        _say_why_nothing(gate.identity.role)
        st.stop()
    by_name = {collection.name: collection for collection in in_groups(collections)}
    named = st.query_params.get("collection")
    if named is not None and named not in by_name:
        _offer_others(named, by_name, title)
        st.stop()
    with st.sidebar:
        collection = _pick(by_name)
    operator_reason.demand(gate, collection, title)
    with st.sidebar:
        version = cached.version(gate.identity, collection, gate)
        unfiltered = Scope(collection, narrowing.NONE, gate, version)
        return Scope(collection, narrowing.draw(unfiltered), gate, version)


def _say_why_nothing(role: str) -> None:
    if role == "product":
        st.write("Your role reads released figures, never anybody's text.")
        screens.link("released", "Released figures", ":material/table_chart:")
    elif role == "operator":
        messages.not_computed(
            "No collection is declared yet.",
            "./northlight collections connect TABLE",
            "declares a table of yours; `./northlight up` brings the demo content.",
        )
    else:
        messages.not_declared("No collection is open to you.", "Ask an operator for one.")


def _offer_others(named: str, by_name: Mapping[str, Collection], title: str) -> None:
    """A link to what is not there, or not for this reader: said, with the ways on."""
    st.title(title)
    messages.nothing_found(
        f"There is no collection “{named}” that is open to you.", "These are; choose one."
    )
    with st.container(horizontal=True, gap="small"):
        for name, collection in by_name.items():
            screens.reopen(collection.title, f"open-{name}", collection=name)


def _pick(by_name: Mapping[str, Collection]) -> Collection:
    """The picker, collections of one system together; the URL carries the collection's name."""
    chosen = address.choice(
        "Collection",
        list(by_name),
        "collection",
        always=True,
        default=FIRST_CHOICE if FIRST_CHOICE in by_name else None,
        format_func=lambda name: by_name[name].title,
    )
    st.caption(f"{group_title(by_name[chosen])} · `{chosen}`")
    return by_name[chosen]


def in_groups(collections: list[Collection]) -> list[Collection]:
    """Collections of one system side by side, the systems in the order of the product."""
    order = list(GROUPS)

    def place(collection: Collection) -> tuple[int, str]:
        known = collection.group in GROUPS
        return (order.index(collection.group) if known else len(order), collection.group)

    grouped = groupby(sorted(collections, key=place), key=place)
    return [collection for _, members in grouped for collection in members]


def group_title(collection: Collection) -> str:
    """The system a collection belongs to, for people."""
    return GROUPS.get(collection.group, collection.group.replace("_", " ").capitalize())

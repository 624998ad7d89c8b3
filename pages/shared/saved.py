"""Saved views: keep what is on the screen under a name, open it by a short link, drop it."""

from collections.abc import Mapping, Sequence

import streamlit as st

from pages.shared import address as shared_address
from pages.shared import messages
from pages.shared.scope import Scope
from queries.errors import QueryError
from queries.maps import saved_views

LINK = "saved"
NOT_KEPT = ("collection", LINK, "q", "like", "part", "good", "bad")


def obey_link(scope: Scope) -> None:
    """Where the address is a short link, put what was saved in its place."""
    code = st.query_params.get(LINK)
    if not code:
        return
    st.query_params.pop(LINK)
    for view in saved_views.views(scope.gate, scope.collection):
        if view.code == code:
            open_address(view.address)
            st.rerun()
    messages.nothing_found(
        "There is no such saved view.", "It was dropped, or it is not shared with your role."
    )


def draw(scope: Scope) -> None:
    """Save what is shown now, and the views that are there."""
    with st.popover("Views", icon=":material/bookmark:"):
        _save(scope)
        for view in saved_views.views(scope.gate, scope.collection):
            with st.container(horizontal=True, vertical_alignment="center", key=f"v-{view.code}"):
                st.button(
                    view.name, key=f"open-{view.code}", on_click=open_address, args=(view.address,)
                )
                st.caption("yours" if view.mine else f"by {view.by}", width="stretch")
                if view.mine:
                    drop = {"on_click": saved_views.forget, "args": (scope.gate, view.code)}
                    st.button("Drop", key=f"drop-{view.code}", type="tertiary", **drop)


def _save(scope: Scope) -> None:
    with st.form("save-view", border=False, clear_on_submit=True):
        name = st.text_input("Save this view as", max_chars=saved_views.LONGEST_NAME)
        may_share = scope.gate.identity.role != "coach"
        shared = may_share and st.checkbox("Show it to others of my role")
        if not st.form_submit_button("Save"):
            return
    try:
        code = saved_views.save(scope.gate, scope.collection, name, kept(), shared=shared)
    except QueryError as error:
        messages.failed(error)
        return
    st.caption("Its short link:")
    st.code(f"/map?collection={scope.collection.name}&{LINK}={code}", language=None)


def kept() -> dict[str, list[str]]:
    """The address as it is kept: every value of each part, without what a view leaves out."""
    shown = st.query_params
    return {key: shown.get_all(key) for key in shown if key not in NOT_KEPT}


def open_address(address: Mapping[str, str | Sequence[str]], **more: str) -> None:
    """Put an address in place of what is shown. Everything else goes, but for the collection."""
    collection = st.query_params.get("collection")
    shared_address.forget_all()
    st.query_params.from_dict({**address, **more})
    if collection:
        st.query_params["collection"] = collection

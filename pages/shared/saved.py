"""Saved views: keep what is on the screen under a name, open it by a short link, drop it."""

import streamlit as st

from pages.shared import address, messages
from pages.shared.scope import Scope
from queries import saved_views
from queries.errors import QueryError
from queries.saved_views import SavedView

LINK = "saved"
NOT_KEPT = ("collection", LINK, "q", "like")


def obey_link(scope: Scope) -> None:
    """Where the address is a short link, put what was saved in its place."""
    code = st.query_params.get(LINK)
    if not code:
        return
    st.query_params.pop(LINK)
    for view in saved_views.views(scope.gate, scope.collection):
        if view.code == code:
            _open(view)
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
                st.button(view.name, key=f"open-{view.code}", on_click=_open, args=(view,))
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
    kept = {k: v for k, v in st.query_params.to_dict().items() if k not in NOT_KEPT}
    try:
        code = saved_views.save(scope.gate, scope.collection, name, kept, shared=shared)
    except QueryError as error:
        messages.failed(error)
        return
    st.caption("Its short link:")
    st.code(f"/map?collection={scope.collection.name}&{LINK}={code}", language=None)


def _open(view: SavedView) -> None:
    """Everything else goes: a view is the whole of what was shown."""
    collection = st.query_params.get("collection")
    address.forget_all()
    st.query_params.from_dict(dict(view.address))
    if collection:
        st.query_params["collection"] = collection

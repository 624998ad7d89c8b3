"""How a search was answered, for whoever wants to check it."""

import numpy as np
import streamlit as st

from clients.errors import ClientError
from pages.shared import cached, database
from pages.shared.cached import MINUTE, remembered
from pages.shared.scope import Scope
from queries.errors import QueryError
from queries.search.explained import Explained, explained
from queries.search.question import parse

PATHS = {
    "exact": "Every row in scope was compared: none can be missed.",
    "signs": "Every row in scope was compared roughly and the nearest of them in full, which is "
    "quick and may miss a near row.",
    "index": "Searched through the vector index, which is quick and may miss a near row.",
}


def show(scope: Scope, question: str, mode: str, limit: int) -> None:
    """The path, the measured recall, the statement and its plan, when they are asked for."""
    if mode == "words" or not st.toggle("How this was searched", key="how"):
        return
    try:
        told = _explained(scope, question, mode, limit)
    except (QueryError, ClientError) as error:
        st.caption(str(error))
        return
    measured = (
        f" Of the ten nearest rows it found {10 * told.recall:.0f}, measured just now against "
        "exact search."
    )
    st.write(PATHS[told.path] + ("" if told.path == "exact" else measured))
    with st.expander("The plan"):
        st.code(told.plan, language=None, wrap_lines=True)
    with st.expander("The statement"):
        st.code(told.statement, language="sql", wrap_lines=True)


@remembered(MINUTE, 50)
def _explained(scope: Scope, question: str, mode: str, limit: int) -> Explained:
    embedder = database.asking(cached.model(scope))
    vector = np.asarray(embedder.embed([parse(question).meaning])[0])
    if not np.isfinite(vector).all():
        raise QueryError(f"Searched by words only: {embedder.silence}.")
    return explained(scope.gate, scope.collection, question, vector, scope.filters, mode, limit)

"""Similar: rows that say nearly the same, families of rows, and why two rows are alike."""

import streamlit as st

from clients.errors import ClientError
from pages.shared import frame, likeness, likeness_controls, messages
from queries.errors import QueryError

scope = frame.open_page("Similar")
st.title("Similar")

one, other = (st.query_params.get(name) for name in ("row", "with"))
try:
    if one and other:
        likeness.compared(scope, one, other)
    elif one:
        likeness.near(scope, one, likeness_controls.limit())
    else:
        likeness.together(scope, likeness_controls.asked(scope))
except (QueryError, ClientError) as error:
    messages.failed(error)

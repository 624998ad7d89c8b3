"""Compare: by which themes and terms the people of two groups reliably differ, or that none do."""

import streamlit as st

from jobs.errors import JobError
from pages.shared import cached, cached_compare, finding, frame, messages, sides
from queries.errors import QueryError

scope = frame.open_page("Compare")
st.title("Compare")

try:
    if cached.run(scope) is None:
        messages.no_map(scope.collection.name)
        st.stop()
    first, second = sides.pick(scope)
    if first is None or second is None:
        messages.not_declared(
            "Choose what makes each group.",
            "Say for A and B which rows they are; “everyone else” is whatever A leaves.",
        )
        st.stop()
    with st.spinner("Drawing people again and again, to see what chance would do …"):
        found = cached_compare.comparison(scope, first.filters, second.filters, second.rest)
    finding.show(scope, found, first, second)
except (QueryError, JobError) as error:
    messages.failed(error)

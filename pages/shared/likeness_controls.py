"""What is asked on Similar: how alike, across what, and which kind of group."""

from dataclasses import dataclass

import streamlit as st

from pages.shared import address
from pages.shared.scope import Scope

KINDS = {"Nearly the same": "near-duplicates", "Families": "family", "Pairs": "pair"}
LEVELS = (0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.6, 0.5)
USUAL = 0.8
ANYTHING = "anything"
HELP = "Cosine similarity of the embeddings: 1 is the same direction of meaning, 0 unrelated."


@dataclass(frozen=True)
class Asked:
    """A kind of group, the least similarity, and the role that the rows must differ in."""

    kind: str
    above: float
    across: str | None
    limit: int


def asked(scope: Scope) -> Asked:
    """Draw the controls and return what is chosen."""
    roles = [ANYTHING, *(["owner"] if scope.collection.owner else []), *scope.collection.facets]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = address.choice(
            "Show", list(KINDS), "show", widget=st.segmented_control, required=True
        )
        above = address.choice(
            "At least this similar", LEVELS, "above", default=USUAL, width=190, help=HELP
        )
        across = address.choice("Across", roles, "across", width=190)
        shown = limit()
    return Asked(KINDS[kind], above, None if across == ANYTHING else across, shown)


def limit() -> int:
    """How many groups, or neighbours, are listed."""
    return address.choice("Shown", (10, 30, 100), "shown", width=90)

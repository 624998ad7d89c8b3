"""The filters of the audit: a person, an action, a day."""

from datetime import date

import pandas as pd
import streamlit as st

from pages.shared import address

ANY = ""


def draw(people: pd.DataFrame) -> tuple[str | None, str | None, date | None]:
    """What is chosen; None stands for any."""
    names = dict(zip(people["person_id"], people["person"], strict=True)) | {ANY: "Anybody"}
    actions = [ANY, *sorted(people["action"].unique())]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        person = address.choice(
            "Person", [ANY, *people["person_id"].unique()], "person", format_func=names.__getitem__
        )
        action = address.choice("Action", actions, "action", format_func=lambda a: a or "Any")
        day = address.day("Day (UTC)", "day")
    return person or None, action or None, day

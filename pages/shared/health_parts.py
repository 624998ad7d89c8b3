"""The parts of Health."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from pages.shared import words
from queries.queue.jobs import Job
from queries.server.house import House

FIGURE = 108
SHOWN = ("state", "kind", "collection", "step", "message", "asked_at", "finished_at", "attempt")


def sentence(house: House, queue: Sequence[Job]) -> None:
    """Whether somebody has to do something, first of all."""
    waiting = sum(job.state == "waiting" for job in queue)
    if not house.alive:
        waits = f" and {words.count(waiting, 'job')} wait" if waiting else ""
        told = f"**No worker runs{waits}.** Start one: `./northlight worker`."
        st.error(told, icon=":material/error:")
    elif any(job.state == "failed" for job in queue[:20]):
        st.warning("A job failed lately; its message is below.", icon=":material/warning:")
    else:
        st.success("A worker runs and no job failed lately.", icon=":material/check_circle:")


def figures(house: House, queue: Sequence[Job]) -> None:
    """Workers, queue, size and versions."""
    states = [job.state for job in queue]
    shown = (
        ("Workers", f"{house.alive:,}"),
        ("Waiting", f"{states.count('waiting'):,}"),
        ("Running", f"{states.count('running'):,}"),
        ("Database", size(house.database)),
        ("PostgreSQL", house.postgresql.split(" ")[0]),
        ("pgvector", house.pgvector),
        ("Migrations", f"{house.migrations:,}"),
    )
    with st.container(horizontal=True):
        for label, value in shown:
            st.metric(label, value, border=True, width=FIGURE)


def collections(house: House) -> None:
    """Each collection's size, and what of it is embedded and mapped."""
    found = house.collections
    if found.empty:
        st.caption("None is declared: `./northlight collections connect TABLE` declares one.")
        return
    table = found.assign(size=found["bytes"].map(lambda n: "" if pd.isna(n) else size(int(n))))
    moment = {
        name: st.column_config.DatetimeColumn(label, format="YYYY-MM-DD HH:mm")
        for name, label in (("embedded_at", "Embedded"), ("mapped_at", "Mapped"))
    }
    order = ["name", "rows", "size", "model", "embedded_at", "mapped_at", "mapped"]
    labels = {"name": "Collection", "rows": "Rows, about", "size": "Size", "model": "Model"}
    config = labels | {"mapped": "Rows mapped"} | moment
    st.dataframe(
        table[order], hide_index=True, height="content", placeholder="–", column_config=config
    )


def jobs(queue: Sequence[Job]) -> None:
    """The open jobs, then the newest."""
    if not queue:
        st.caption("No job was asked for yet.")
        return
    table = pd.DataFrame([{name: getattr(job, name) for name in SHOWN} for job in queue])
    labels = {name: name.replace("_", " ").capitalize() for name in SHOWN}
    height = "content" if len(table) <= 10 else 400
    st.dataframe(table, hide_index=True, height=height, column_config=labels)


def size(number: int) -> str:
    """Bytes for people: "12 MB"."""
    for unit, length in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if number >= length:
            return f"{number / length:,.0f} {unit}"
    return f"{number} B"

"""The parts of the progress screen: a figure each, with its table, CSV and SQL behind it."""

from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from analysis import progress
from analysis.trajectories import SURE
from charts.progress import (
    association_chart,
    bars_chart,
    cohort_chart,
    funnel_chart,
    histogram_chart,
    trajectory_chart,
)
from pages.shared import address, cached_clients, coaching, figure, words
from pages.shared.progress_filters import Chosen
from pages.shared.scope import Scope

MOST_BARS, MOST_COHORTS = 24, 30
HEAD_WIDTH = 124  # pixels: all six in a row on a laptop, three on a tablet
HEAD = (
    ("people", "People", "{:,.0f}", "who answered"),
    ("answers", "Answers", "{:,.0f}", "answers"),
    ("completed", "Completed", "{:.0%}", "of the sessions begun"),
    ("seconds", "Median time", "{:.0f} min", "to complete an answer"),
    ("confidence", "Confidence", "{:.1f}", "of 10"),
    ("sentiment", "Sentiment", "{:+z.2f}", "-1 to 1"),
)


def headline(scope: Scope, chosen: Chosen) -> None:
    """The stretch in figures, each beside the same of the period before."""
    now, before = (cached_clients.headline(scope, s, chosen.exercises) for s in _both(chosen))
    with st.container(horizontal=True):
        for name, label, spelling, unit in HEAD:
            value, was = ((v[name] / 60 if name == "seconds" else v[name]) for v in (now, before))
            shown = "–" if np.isnan(value) else spelling.format(value)
            below = "nothing before" if np.isnan(was) else f"{spelling.format(was)} before"
            st.metric(
                label,
                shown,
                below,
                "off",
                delta_arrow="off",
                border=True,
                width=HEAD_WIDTH,
                help=unit,
            )


def _both(chosen: Chosen) -> tuple[progress.Stretch, progress.Stretch]:
    return chosen.stretch, chosen.stretch.before


def completion(scope: Scope, chosen: Chosen) -> None:
    """Answers and people by exercise or category, beside the period before."""
    by = address.choice("By", ("Exercise", "Category"), "by", widget=st.segmented_control)
    of = "title" if by == "Exercise" else "category"
    now, before = (
        cached_clients.completion(scope, stretch, chosen.exercises, of) for stretch in _both(chosen)
    )
    if now.empty:
        st.info("Nothing was answered in this time.")
        return
    table = now.merge(before[["name", "people"]], on="name", how="left", suffixes=("", "_before"))
    shown = table.head(MOST_BARS).assign(
        value=table["people"], before=table["people_before"].fillna(0)
    )
    drawn = bars_chart(shown, "people who completed it", "people", dark=figure.is_dark())
    units = ("exercise", "exercises") if by == "Exercise" else ("category", "categories")
    said = f"{words.count(len(table), *units)}; most people first."
    figure.show(
        drawn,
        table,
        figure.of_histories(scope, "completion"),
        "completion",
        said,
    )
    st.subheader("Time to complete")
    times = table[["name", "quarter", "median", "three_quarters", "answers"]].copy()
    times.iloc[:, 1:4] = (times.iloc[:, 1:4].astype(float) / 60).round(1)
    height = "content" if len(times) <= MOST_BARS else "auto"
    st.dataframe(times, hide_index=True, height=height, column_config=TIMES, key="times")


TIMES = {
    "name": "Of",
    "quarter": st.column_config.NumberColumn("A quarter within, min"),
    "median": st.column_config.NumberColumn("Half within, min"),
    "three_quarters": st.column_config.NumberColumn("Three quarters within, min"),
    "answers": st.column_config.NumberColumn("Answers", format="localized"),
}


def sessions(scope: Scope, chosen: Chosen) -> None:
    """Where begun sessions went."""
    told = cached_clients.histories(scope).sessions
    now, before = (progress.funnel(stretch.of(told)) for stretch in _both(chosen))
    table = now.assign(sessions_before=before["sessions"], share_before=before["share"])
    begun = int(now["sessions"].sum())
    st.markdown(
        f"Of **{words.count(begun, 'session')}** begun, "
        + ", ".join(f"{words.percent(row.share)} {NAMED[row.status]}" for row in now.itertuples())
        + f". In the period before: {words.count(int(before['sessions'].sum()), 'session')}."
    )
    drawn = funnel_chart(table, dark=figure.is_dark())
    figure.show(
        drawn,
        table,
        figure.of_histories(scope, "funnel"),
        "funnel",
        "Filters of exercises do not apply.",
    )


NAMED = {"completed": "were completed", "paused": "are paused", "abandoned": "were abandoned"}
NAMED |= {"started": "have not ended"}


def streaks(scope: Scope, chosen: Chosen) -> None:
    """Best and current streaks."""
    people = cached_clients.people(scope, chosen.stretch, chosen.exercises)
    active = people[people["answers"] > 0]
    if active.empty:
        st.info("Nothing was answered in this time.")
        return
    going = int((active["current"] > 0).sum())
    st.markdown(
        f"**{words.count(going, 'person has', 'people have')}** a streak that goes on, of "
        f"{len(active):,} who answered. The best streak lasts "
        f"{words.count(int(active['best'].median()), 'day')} at the median and "
        f"{words.count(int(active['best'].max()), 'day')} at most.{_best_before(scope, chosen)}"
    )
    table = active[["owner", "best", "current", "days", "answers"]].sort_values(
        ["current", "best"], ascending=False
    )
    drawn = histogram_chart(active["best"].tolist(), "best streak, days", dark=figure.is_dark())
    said = "A streak is calendar days in a row with an answer; yesterday's still goes on."
    figure.show(drawn, table, figure.of_histories(scope, "of_people"), "streaks", said)


def _best_before(scope: Scope, chosen: Chosen) -> str:
    people = cached_clients.people(scope, chosen.stretch.before, chosen.exercises)
    best = people.loc[people["answers"] > 0, "best"]
    if best.empty:
        return " Nobody answered in the period before."
    median, most = (words.count(int(number), "day") for number in (best.median(), best.max()))
    return f" In the period before: {median} at the median, {most} at most, of {len(best):,}."


def cohorts(scope: Scope, chosen: Chosen) -> None:
    """Retention by start week, of everything up to the last day."""
    found = cached_clients.cohorts(scope, chosen.stretch.end)
    starts = [coaching.day_of(day).isoformat() for day in found.starts]
    table = pd.DataFrame(found.retained.round(4), index=starts).tail(MOST_COHORTS)
    people = found.people[-MOST_COHORTS:].tolist()
    drawn = cohort_chart(table, people, dark=figure.is_dark())
    shown = table.reset_index(names="began").assign(people=people)
    shown.columns = [str(name) for name in shown.columns]
    said = "Weeks begin on Monday; a week that is not over is not shown. Everything that was ever "
    last = pd.Timestamp(coaching.day_of(chosen.stretch.end))
    said += f"answered counts, up to {words.day(last)}."
    figure.show(drawn, shown, figure.of_histories(scope, "cohorts"), "cohorts", said)


def trajectories(scope: Scope, chosen: Chosen) -> None:
    """Weekly means over people with intervals."""
    for measure in ("sentiment", "confidence"):
        st.subheader(measure.capitalize())
        wanted = (chosen.stretch, chosen.exercises, measure)
        table = _weeks(cached_clients.trajectory_of(scope, *wanted))
        past = cached_clients.trajectory_of(scope, chosen.stretch.before, *wanted[1:])
        table = _beside(table, _weeks(past), chosen)
        if table.empty:
            st.caption("No value is known in this time.")
            continue
        drawn = trajectory_chart(table, measure, dark=figure.is_dark())
        said = f"Mean over people of their own means; {SURE:.0%} intervals by resampling people, "
        said += "none with fewer than five."
        figure.show(
            drawn, table, figure.of_histories(scope, "trajectory"), f"trajectory-{measure}", said
        )


def _beside(now: pd.DataFrame, past: pd.DataFrame, chosen: Chosen) -> pd.DataFrame:
    """With `before`: the mean of the week that lies one period earlier, if periods are weeks."""
    days = chosen.stretch.end - chosen.stretch.start + 1
    earlier = {
        week + timedelta(days=days): mean
        for week, mean in zip(past["week"], past["mean"], strict=True)
    }
    return now.assign(before=now["week"].map(earlier))


def _weeks(found: Any) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "week": [coaching.day_of(day) for day in found.weeks],
            "people": found.people,
            **{name: getattr(found, name).round(4) for name in ("mean", "low", "high")},
        }
    )


PAIRS = (("answers", "Answers"), ("days", "Active days"), ("best", "Best streak"))
PAIRS += (("exercises", "Different exercises"), ("seconds", "Time for an answer"))
OUTCOMES = (("sentiment", "rising sentiment"), ("confidence", "rising confidence"))


def associations(scope: Scope, chosen: Chosen) -> None:
    """What goes with a change of mood or confidence, over people."""
    from analysis.association import association  # brings scipy.stats, which takes a while

    people = cached_clients.people(scope, chosen.stretch, chosen.exercises)
    rows = []
    for measure, told in OUTCOMES:
        for name, label in PAIRS:
            values = (people[n].to_numpy(np.float64) for n in (name, f"{measure}_change"))
            found = association(*values)
            if found is not None:
                reach = (found.rho, found.low, found.high, found.people, found.reliable)
                rows.append((label, told, measure, *reach))
    columns = ["what", "goes with", "measure", "rho", "low", "high", "people", "reliable"]
    table = pd.DataFrame(rows, columns=columns)
    st.markdown(
        "**Associations, not causes.** Who does more of one may do better at the other, or the "
        "other way round, or both for a third reason. Rank correlation (Spearman) over people, "
        "with its 95% interval; a change is the second half of somebody's values minus the first."
    )
    if table.empty:
        st.info("Too few people have enough values in this time: ten are needed.")
        return
    listed = [
        f"- {row.what} {'goes' if row.rho > 0 else 'does not go'} with {row[2]} "
        f"({row.rho:+.2f}, {row.low:+.2f} to {row.high:+.2f})"
        for row in table[table["reliable"]].itertuples()
    ]
    st.markdown("\n".join(listed) or "No reliable association in this time.")
    drawn = association_chart(table, dark=figure.is_dark())
    said = "An interval that leaves out 0 is called reliable."
    shown = table.drop(columns="measure")
    figure.show(drawn, shown, figure.of_histories(scope, "association"), "associations", said)

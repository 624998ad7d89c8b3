"""Periods of time that a chart shows one after another."""

import pandas as pd


def filled(line: pd.DataFrame, every: pd.Series, period: str) -> pd.DataFrame:
    """The line with a 0 in each period without a row, from the first to the last of all themes."""
    starts = {"day": "D", "week": "W-MON", "month": "MS", "quarter": "QS", "year": "YS"}[period]
    whole = pd.date_range(every.min(), every.max(), freq=starts)
    known = line.set_index("period")[["rows", "owners"]]
    return known.reindex(whole.union(pd.DatetimeIndex(known.index)), fill_value=0)

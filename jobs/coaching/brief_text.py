"""A session brief in writing: its head, its footnotes, and all of it as Markdown."""

from collections import Counter
from collections.abc import Mapping

from jobs.coaching.brief import Author, Brief, Passage, day


def markdown(made: Brief, name: str) -> str:
    """The brief as Markdown, its passages as dated footnotes."""
    lines = [f"# Session brief: {name}", "", head(made), ""]
    notes: list[str] = []
    for title, told in made.sections.items():
        lines += [f"## {title}", ""]
        for sentence in told:
            marks = []
            for passage in sentence.passages:
                notes.append(f"[^{len(notes) + 1}]: {footnote(passage)}")
                marks.append(f"[^{len(notes)}]")
            lines.append(f"- {sentence.text}{''.join(marks)}")
        lines.append("")
    return "\n".join([*lines, *notes, ""])


def footnote(passage: Passage) -> str:
    """Where and when a passage was written, and its words."""
    about = f", {passage.about}" if passage.about else ""
    return f"{day(passage.at)}{about}: “{' '.join(passage.quote.split())}”"


def head(made: Brief) -> str:
    """Which time the brief is about, and who wrote it."""
    if made.since is None:
        return "Nothing was written yet."
    begun = "the session of " if made.session else ""
    since = f"Since {begun}{day(made.since)}."
    if made.later:
        later = f"Nothing was written since the session of {day(made.later)}"
        since = f"{later}; this is of the time before, from {begun}{day(made.since)}."
    return f"{since} {_by(made.author)}"


def omitted(left_out: Mapping[str, int]) -> str:
    """How many sentences are not in the brief, and why, the commonest reason first."""
    total = sum(left_out.values())
    why = "; ".join(f"{count} {reason}" for reason, count in Counter(left_out).most_common())
    told = f"{total} sentence was" if total == 1 else f"{total or 'No'} sentences were"
    return f"{told} left out{': ' if why else ''}{why}."


def _by(author: Author | None) -> str:
    if author is None:
        return "Written from facts and templates."
    return (
        f"Written by a model ({author.model}) on {day(author.at)}. Each quotation was found in its "
        "text letter by letter; what the sentences make of it is the model's. "
        f"{omitted(author.left_out)}"
    )

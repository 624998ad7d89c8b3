"""Docstrings taken apart: what a thing is, what changed, and why it is as it is."""

import inspect
import re
from dataclasses import dataclass

LONGEST_DESCRIPTION = 700
SHORTEST_TEXT = 30
SECTION = re.compile(
    r"^(parameters|args|arguments|returns|yields|raises|attributes|methods|notes?|examples?|"
    r"references|see also|warnings?|usage|keyword arguments|other parameters|todo)\s*:?\s*$",
    re.IGNORECASE,
)
NOT_PROSE = re.compile(r"^\s*(>>>|\.\.\s|:\w+|@\w+|[-=~^*#]{3,}|\||\$|```|- |\* |\d+\.\s)")
ROLE = re.compile(r":(?:[a-z]+:)*[a-z]+:`~?([^`<]*?)\s*(?:<[^`>]*>)?`")
DIRECTIVE = re.compile(
    r"^( *)\.\. (deprecated|versionchanged)::[ \t]*([\w.]*)[ \t]*(.*(?:\n(?:\1 +.*|[ \t]*$))*)",
    re.MULTILINE,
)
# From a capital letter to a full stop; not the description of one parameter.
WHOLE = re.compile(r"(?!\w+\s*(\([^)]*\))?:)[A-Z`\"].{60,900}[.!]")
NOTICE = re.compile(r"\b(copyright|licen[cs]e|all rights reserved|authors?:|created on)\b", re.I)
REASON = re.compile(
    r"\b(because|rather than|trade-?offs?|by design|deliberately|intentionally|on purpose|"
    r"for performance reasons|for historical reasons|for backwards? compatibility)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Change:
    """A note in a docstring that something is deprecated or works differently since a version."""

    kind: str
    version: str
    text: str


def description(docstring: str) -> str:
    """The opening paragraphs of a docstring in plain words; empty if it opens otherwise.

    Ends before the first section, list, example or directive, and at 700 characters after the
    paragraph that reaches them.
    """
    taken: list[str] = []
    for paragraph in _paragraphs(docstring):
        if not _is_prose(paragraph) or sum(map(len, taken)) > LONGEST_DESCRIPTION:
            break
        taken.append(_plain(paragraph))
    text = "\n\n".join(taken)
    return text if len(text) >= SHORTEST_TEXT and text.count(" ") > 3 else ""


def first_sentence(text: str) -> str:
    """The text up to the end of its first sentence, on one line."""
    line = " ".join(text.split())
    end = re.search(r"[.!?](?=\s[A-Z(]|$)", line)
    return line[: end.end()] if end else line


def changes(docstring: str) -> list[Change]:
    """What the docstring says was deprecated or changed, in its order."""
    if ".. " not in docstring:
        return []
    found = []
    for match in DIRECTIVE.finditer(inspect.cleandoc(docstring)):
        text = _plain(match.group(4))
        if len(text) >= SHORTEST_TEXT:
            found.append(Change(match.group(2), match.group(3), text))
    return found


def reason(docstring: str) -> str:
    """The first paragraph that says why something is done as it is; empty if none does."""
    if not REASON.search(docstring):
        return ""
    for paragraph in _paragraphs(docstring):
        text = _plain(paragraph)
        if _is_prose(paragraph) and REASON.search(text) and WHOLE.fullmatch(text):
            return text
    return ""


def _paragraphs(docstring: str) -> list[str]:
    return [part for part in re.split(r"\n\s*\n", inspect.cleandoc(docstring)) if part.strip()]


def _is_prose(paragraph: str) -> bool:
    lines = paragraph.splitlines()
    if (
        SECTION.match(lines[0])
        or NOTICE.search(paragraph)
        or any(NOT_PROSE.match(line) for line in lines)
    ):
        return False
    return not lines[0].startswith("    ") and not lines[-1].rstrip().endswith("::")


def _plain(text: str) -> str:
    """On one line, roles of reStructuredText reduced to what a reader sees."""
    return ROLE.sub(r"\1", " ".join(text.split())).replace("``", "`")

"""Long descriptions without their mark-up: the prose of Markdown and reStructuredText."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST_CHUNK = 2000
SHORTEST_SECTION = 80
FENCED = re.compile(r"^[ \t]*(```|~~~).*?^[ \t]*\1[^\n]*$", re.MULTILINE | re.DOTALL)
DIRECTIVE = re.compile(r"^[ \t]*\.\. .*(?:\n[ \t]+\S.*)*$", re.MULTILINE)
TAG = re.compile(r"<!--.*?-->|</?[a-zA-Z][^<>]*>", re.DOTALL)
IMAGE = re.compile(r"!\[[^\]]*\](\([^)]*\)|\[[^\]]*\])|\|[\w .-]+\|_?")
LINK = re.compile(r"\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])|`([^`<]+?)\s*<[^`>]*>`_+")
DEFINED = re.compile(r"^[ \t]*\[[^\]]+\]:.*$", re.MULTILINE)
UNDERLINED = re.compile(r"^(?![=\-~^*#\s])(.+)\n([=\-~^*#\"'`+])\2{2,}[ \t]*$", re.MULTILINE)
RULE = re.compile(r"^[ \t]*([=\-~^*#+|]{3,}[=\-~^*#+| ]*)$", re.MULTILINE)
HEADING = re.compile(r"^#{1,6}[ \t]+(.*?)[ \t#]*$", re.MULTILINE)


@dataclass(frozen=True)
class Section:
    """A heading and the prose below it; `place` counts sections of the same heading."""

    heading: str
    text: str
    place: int


def prose(text: str) -> str:
    """The text without code blocks, images, tags and the targets of links."""
    text = text.replace("\r\n", "\n")
    for unwanted in (FENCED, DIRECTIVE, IMAGE, DEFINED):
        text = unwanted.sub("", text)
    text = LINK.sub(lambda match: match.group(1) or match.group(2) or "", text)
    text = TAG.sub("", text)
    text = UNDERLINED.sub(r"# \1", text)
    lines = (line.rstrip() for line in RULE.sub("", text).splitlines())
    kept = (line for line in lines if not line.startswith(("    ", "\t", ">>>", "$ ")))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def sections(text: str) -> list[Section]:
    """The sections of a description that have enough prose, in their order."""
    pieces = HEADING.split(prose(text))
    found: list[Section] = []
    for heading, body in zip(pieces[1::2], pieces[2::2], strict=True):
        if len(body.strip()) >= SHORTEST_SECTION:
            same = sum(part.heading == heading for part in found)
            found.append(Section(heading, body.strip()[:LONGEST_CHUNK], same))
    return found


def chunks(text: str, longest: int = LONGEST_CHUNK) -> list[str]:
    """The text in pieces of at most `longest` characters, cut between sentences."""
    pieces: list[str] = []
    current = ""
    for sentence in _short_sentences(text, longest):
        if current and len(current) + len(sentence) > longest:
            pieces.append(current.strip())
            current = ""
        current += sentence
    return [piece for piece in (*pieces, current.strip()) if piece]


def _short_sentences(text: str, longest: int) -> Iterator[str]:
    """Sentences with the blanks after them; one that is too long is cut at a blank."""
    start = 0
    for end in (*(match.end() for match in re.finditer(r"(?<=[.!?])\s+|\n\n+", text)), len(text)):
        sentence, start = text[start:end], end
        while len(sentence) > longest:
            cut = sentence.rfind(" ", 1, longest) + 1 or longest
            yield sentence[:cut]
            sentence = sentence[cut:]
        yield sentence

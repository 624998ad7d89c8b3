"""Long descriptions without their mark-up, in sections and in chunks."""

from datetime import UTC, datetime

from demo.hub import date_in
from demo.packages import plain_name, without_addresses
from demo.prose import chunks, prose, sections

MARKDOWN = (
    """# Title

![badge](https://x.example/b.svg) Read [the guide](https://x.example) <b>now</b>.

```python
print("code")
```

## Usage

"""
    + "It does what it says. " * 8
)


def test_prose_has_no_code_images_tags_or_addresses_of_links() -> None:
    found = prose(MARKDOWN)
    assert "Read the guide now." in found
    assert "print" not in found
    assert "x.example" not in found


def test_underlined_headings_are_headings_too() -> None:
    text = "Usage\n=====\n\n" + "Call it with a number. " * 6
    assert [section.heading for section in sections(text)] == ["Usage"]


def test_chunks_are_cut_between_sentences_and_lose_nothing() -> None:
    text = " ".join(f"Sentence number {n} is here." for n in range(300))
    pieces = chunks(text)
    assert max(map(len, pieces)) <= 2000
    assert all(piece.endswith(".") for piece in pieces)
    assert " ".join(pieces) == text


def test_a_sentence_without_end_is_cut_at_a_blank() -> None:
    pieces = chunks("word " * 1000, longest=100)
    assert max(map(len, pieces)) <= 100
    assert " ".join(pieces).split() == ["word"] * 1000


def test_dates_in_headings_are_understood_and_others_left_alone() -> None:
    day = datetime(2023, 7, 5, tzinfo=UTC)
    assert date_in("0.17.3 (July 5th, 2023)") == day
    assert date_in("v1 - 2023-07-05") == day
    assert date_in("5 Jul 2023") == day
    assert date_in("Version 2.0") is None
    assert date_in("2023-13-40") is None


def test_names_have_one_spelling_and_addresses_go() -> None:
    assert plain_name("Typing_Extensions") == "typing-extensions"
    assert without_addresses("Ask Ada <ada@example.org> today") == "Ask Ada  today"

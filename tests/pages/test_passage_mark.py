"""An address names a passage without its words."""

from hypothesis import given
from hypothesis import strategies as st

from pages.shared.passage_mark import mark_of, passage_in


@given(before=st.text(), passage=st.text(min_size=1), after=st.text())
def test_a_passage_is_found_again_where_it_stands(before: str, passage: str, after: str) -> None:
    assert passage_in(before + passage + after, mark_of(passage)) == passage


@given(text=st.text(), mark=st.text())
def test_no_address_breaks_the_page(text: str, mark: str) -> None:
    assert passage_in(text, mark) in text


def test_the_words_are_not_in_the_address() -> None:
    assert set(mark_of("I slept badly")) <= set("0123456789abcdef-")
    assert passage_in("I slept well", mark_of("I slept badly")) == ""

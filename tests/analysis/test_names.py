"""Names of themes."""

from hypothesis import given
from hypothesis import strategies as st

from analysis.names import names
from analysis.terms import Term


def term(text, score=10.0, share=0.5):
    return Term(text, score, 5, share)


def test_a_phrase_most_rows_hold_names_a_theme_alone():
    assert names({0: [term("credit score"), term("improve")]}) == {0: "Credit score"}


def test_words_are_joined_until_they_say_enough():
    found = names({0: [term("meaning"), term("life"), term("purpose"), term("why")]})
    assert found == {0: "Meaning, life, purpose"}


def test_a_far_weaker_word_is_left_out():
    assert names({0: [term("spell", 40), term("water", 3)]}) == {0: "Spell"}


def test_a_weaker_word_follows_one_that_few_rows_hold():
    said = [term("reservation", 19, 0.17), term("dinner", 5.5, 0.05), term("map", 3, 0.3)]
    assert names({0: said}) == {0: "Reservation, dinner"}


def test_the_spelling_of_the_text_is_kept():
    assert names({0: [term("iPhone battery")]})[0] == "iPhone battery"
    assert names({0: [term("SSL error")]})[0] == "SSL error"


def test_the_smaller_of_two_alike_gets_another_word():
    twins = [term("credit score"), term("improve")]
    assert names({0: twins, 1: twins}) == {0: "Credit score", 1: "Credit score, improve"}


def test_a_theme_without_terms_is_called_by_its_number():
    assert names({0: [], 1: []}) == {0: "Theme 1", 1: "Theme 2"}


@given(st.dictionaries(st.integers(0, 30), st.lists(st.sampled_from("abcAB"), max_size=3)))
def test_no_two_names_are_alike(words):
    found = names({label: [term(word) for word in texts] for label, texts in words.items()})
    assert len({name.casefold() for name in found.values()}) == len(words)

"""Terms that set themes apart."""

import numpy as np
import pytest

from analysis.grammar import function_words
from analysis.terms import keyness, terms
from analysis.word_counts import count_words
from analysis.words import names_of_few
from analysis.written import written

TEXTS = [
    "please freeze my Bank account",
    "freeze the Bank account now",
    "my bank account is frozen, freeze it",
    "what is the weather in Paris",
    "the weather tomorrow please",
    "is the weather good today",
]
LABELS = np.array([0, 0, 0, 1, 1, 1], dtype=np.int32)


def grammar_of(rows, theme, size):
    said = written([" ".join(words) for words in rows])
    found = function_words(said, theme, size)
    return {word for word, functional in zip(said.known, found, strict=True) if functional}


def texts_of(found):
    return [term.text for term in found]


def test_each_theme_gets_its_own_words_and_a_phrase_instead_of_its_parts():
    found = terms(written(TEXTS), LABELS)
    assert set(texts_of(found[0])) == {"Bank account", "freeze"}
    assert texts_of(found[1]) == ["weather"]


def test_terms_carry_how_many_rows_hold_them():
    weather = terms(written(TEXTS), LABELS)[1][0]
    assert (weather.rows, weather.share) == (3, 1.0)
    assert weather.score > 0


def test_function_words_never_name_a_theme():
    found = {word for theme in terms(written(TEXTS), LABELS).values() for word in texts_of(theme)}
    assert not found & {"the", "my", "is", "please", "what"}


def test_function_words_of_any_language_are_learned_from_their_evenness():
    subjects = ["pes", "kocour", "strom", "hrad", "jezero", "vlak", "most", "dopis"]
    rows = [["ten", subject, "je"] for subject in subjects for _ in range(10)]
    theme = np.repeat(np.arange(8), 10)
    learned = grammar_of(rows, theme, np.full(8, 10))
    assert {"ten", "je"} <= learned
    assert not learned & set(subjects)


def test_a_word_counts_once_a_row_however_often_it_is_repeated():
    counts = count_words(
        written(["spam spam spam", "spam", "ham ham", "ham"]), np.array([0, 0, 1, 1])
    )
    assert sorted(counts.rows.tolist()) == [2, 2]


def test_text_without_words_has_no_terms():
    assert terms(written(["", "123", "..."]), np.zeros(3, dtype=np.int32)) == {0: []}


def test_unsorted_rows_are_background_only():
    found = terms(
        written([*TEXTS, "zebra zebra", "zebra"]), np.append(LABELS, [-1, -1]).astype(np.int32)
    )
    assert set(found) == {0, 1}
    assert "zebra" not in texts_of(found[0]) + texts_of(found[1])


def test_keyness_is_the_root_of_the_log_likelihood_ratio():
    # 10 of 20 rows inside, 10 of 80 outside: 2 * sum(observed * ln(observed / expected)).
    observed = np.array([10, 10, 10, 70])
    expected = np.array([4, 16, 16, 64])
    ratio = 2 * float((observed * np.log(observed / expected)).sum())
    score = keyness(np.array([10]), np.array([20]), np.array([20]), 100)
    assert score == pytest.approx([ratio**0.5])


def test_a_term_as_frequent_inside_as_outside_has_no_keyness():
    score = keyness(np.array([5]), np.array([10]), np.array([50]), 100)
    assert score == pytest.approx([0])


def test_one_label_per_text_is_needed():
    with pytest.raises(ValueError, match="2 texts but 1 labels"):
        terms(written(["a", "b"]), np.zeros(1, dtype=np.int32))


def test_the_english_list_is_for_english_only():
    few = np.array([2, 2])
    czech = [["most", "je"], ["most", "a"], ["hrad", "je"], ["hrad", "a"]]
    english = [["the", "most"], ["the", "castle"], ["the", "bridge"], ["the", "lake"]]
    assert "most" not in grammar_of(czech, np.array([0, 0, 1, 1]), few)
    assert "most" in grammar_of(english, np.array([0, 0, 1, 1]), few)


def test_a_word_of_two_people_describes_no_theme_of_personal_texts():
    texts = [f"the {word} and the river" for word in ("aunt", "aunt", "aunt", "boat", "boat")]
    owners = ["ana", "ana", "ben", "cleo", "dan"]
    labels = np.array([0, 0, 0, 0, 0], dtype=np.int32)
    background = ["the office and the desk"] * 4
    everybody = [*owners, "eve", "fay", None, None]
    found = terms(
        written([*texts, *background]), np.append(labels, [1] * 4).astype(np.int32), 10, everybody
    )
    assert texts_of(found[0]) == ["river"]
    assert found[1] == []


def test_contractions_and_narrative_words_are_no_terms_beside_others():
    texts = [
        "she'd told me I'm late, and then the ferry left the harbour in fog",
        "he'd asked, she'll go by ferry over to the harbour, with fog or without",
    ]
    others = ["the bakery was closed"] * 6
    found = texts_of(
        terms(written([*texts * 3, *others]), np.repeat([0, 1], 6).astype(np.int32))[0]
    )
    assert {"ferry", "harbour", "fog"} <= set(found)
    assert not {"she'd", "he'd", "I'm", "told", "asked", "late"} & set(found)


def test_names_from_somebodys_own_life_are_no_terms():
    texts = [f"yesterday we saw Fernanda and the lake {number}" for number in range(40)]
    owners = [f"p{number % 3}" for number in range(3)] + [f"q{number}" for number in range(37)]
    texts[3:] = [text.replace("Fernanda", "nobody") for text in texts[3:]]
    named = names_of_few(texts, owners)
    assert named == {"fernanda"}


def test_rows_that_are_unlike_make_a_word_weaker():
    said = ["ferry", "garden", "kettle"]
    texts = [word for word in said for _ in range(4)] + ["bread"] * 12
    labels = np.repeat([0, 1], 12).astype(np.int32)
    vectors = np.eye(24, dtype=np.float32)
    vectors[:4, 0] = 3
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    plain, weighed = (terms(written(texts), labels, vectors=of)[0] for of in (None, vectors))
    assert plain[0].score == plain[1].score
    assert weighed[0].text == "ferry"
    assert len(weighed) == 1 or weighed[0].score > 2 * weighed[1].score


def test_one_owner_per_text_is_needed():
    with pytest.raises(ValueError, match="1 texts but 2 owners"):
        terms(written(["a"]), np.zeros(1, dtype=np.int32), 5, ["x", "y"])


def test_function_words_of_a_known_language_name_no_theme() -> None:
    texts = ["weil der Hund bellt", "weil ein Hund bellt", "obwohl die Katze schläft"] * 3
    labels = np.array([0, 0, 1] * 3, dtype=np.int32)
    found = terms(
        written(texts), labels, grammar=frozenset({"weil", "obwohl", "der", "die", "ein"})
    )
    assert texts_of(found[0]) == ["Hund bellt"]
    assert texts_of(found[1]) == ["Katze schläft"]

"""Releases: what is hidden, what is hidden beside it, and attacks on the rest."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.attack import Known, audited
from analysis.linked_tables import LinkedTables
from analysis.release_rule import HIDDEN, Rule, sensitive
from analysis.suppression import decide
from tests.analysis.counted_world import (
    K,
    World,
    from_table,
    random_world,
    small_cells_shown,
    subtracted,
    world,
)

RULE = Rule()


def shown_table(made: World) -> list[list[int | None]]:
    """The published two-way table with its margins, the total in the corner."""
    people = decide(made.layout, made.counts, RULE).people
    rows, columns = made.layout.sizes
    total, *rest = (None if n == HIDDEN else int(n) for n in people)
    body = [[rest[r], *rest[rows + columns + r * columns :][:columns]] for r in range(rows)]
    return [[total, *rest[rows : rows + columns]], *body]


@pytest.mark.parametrize(
    "lax", [{"people": 4}, {"people": 0}, {"coaches": 2}, {"share": 0.31}, {"base": 1}]
)
def test_a_laxer_rule_is_refused(lax: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"at (least|most)|rounded"):
        Rule(**lax)


def test_five_people_is_the_least_that_may_be_asked_for() -> None:
    assert Rule(people=5).people == 5


@pytest.mark.parametrize("fewest", [5, 7, 10, 12])
def test_no_number_is_rounded_below_the_fewest_people(fewest: int) -> None:
    rule, numbers = Rule(people=fewest), np.arange(fewest, 200)
    assert (rule.rounded(numbers) >= fewest).all()
    assert (rule.rounded(numbers) % 5 == 0).all()


@pytest.mark.parametrize("fewest", [5, 7, 10, 12])
def test_what_is_shown_stands_for_just_the_numbers_that_round_to_it(fewest: int) -> None:
    rule, numbers = Rule(people=fewest), np.arange(fewest, 200)
    for shown in np.unique(rule.rounded(numbers))[:-1]:
        low, high = rule.unrounded(np.array([shown]))
        assert set(numbers[rule.rounded(numbers) == shown]) == set(range(low[0], high[0] + 1))


def test_a_table_of_large_cells_is_shown_whole_and_rounded() -> None:
    made = from_table([[30, 21], [18, 44]])
    assert shown_table(made) == [[115, 50, 65], [50, 30, 20], [60, 20, 45]]


def test_a_small_cell_takes_one_of_its_row_one_of_its_column_and_their_corner_with_it() -> None:
    made = from_table([[3, 12, 40], [14, 30, 50], [60, 70, 80]])
    table = shown_table(made)
    assert [row[1:] for row in table[1:]] == [
        [None, None, 40],
        [None, None, 50],
        [60, 70, 80],
    ]
    assert None not in table[0]


def test_a_cell_of_two_hidden_ones_that_are_few_together_takes_a_third() -> None:
    made = from_table([[3, 2, 20, 40], [50, 60, 70, 80]])
    hidden = [number is None for number in shown_table(made)[1][1:]]
    assert hidden == [True, True, True, False]


def test_an_empty_cell_is_hidden_like_any_small_one() -> None:
    made = from_table([[0, 30, 40], [50, 60, 70], [20, 80, 30]])
    assert shown_table(made)[1][1] is None


def test_a_person_who_wrote_half_a_cell_hides_it() -> None:
    codes = np.repeat([[0], [1], [2]], 20, axis=0)
    rows = np.full(60, 2)
    rows[0] = 38
    made = world(codes, (3,), rows)
    assert sensitive(made.counts, RULE).tolist() == [False, True, False, False]
    rows[0] = 2
    assert not sensitive(world(codes, (3,), rows).counts, RULE).any()


def test_a_cell_of_two_coaches_is_hidden() -> None:
    codes = np.repeat([[0], [1]], 20, axis=0)
    coaches = np.where(np.arange(40) < 20, np.arange(40) % 2, np.arange(40) % 3)
    assert sensitive(world(codes, (2,), coaches=coaches).counts, RULE)[1]
    assert not sensitive(world(codes, (2,), coaches=coaches).counts, RULE)[2]


def test_people_without_a_coach_are_no_third_coach() -> None:
    coaches = np.arange(30) % 3 - 1
    assert sensitive(world(np.zeros((30, 1), int), (1,), coaches=coaches).counts, RULE).all()


def test_nobody_at_all_is_a_release_without_a_number() -> None:
    made = world(np.zeros((0, 2), dtype=np.intp), (3, 4))
    assert not decide(made.layout, made.counts, RULE).shown.any()


def test_the_order_of_the_people_does_not_matter() -> None:
    draw = np.random.default_rng(3)
    codes, rows = draw.integers(0, 4, (150, 3)), draw.integers(1, 9, 150)
    mixed = draw.permutation(150)
    coaches = draw.integers(0, 5, 150)
    first = world(codes, (4, 4, 4), rows, coaches)
    second = world(codes[mixed], (4, 4, 4), rows[mixed], coaches[mixed])
    one, two = (decide(m.layout, m.counts, RULE) for m in (first, second))
    assert (one.people == two.people).all()


def naive(made: World) -> tuple[np.ndarray, Known]:
    """Small cells hidden, nothing else; and what that tells."""
    bare = sensitive(made.counts, RULE)
    cells = np.flatnonzero(~bare)
    people, rows = RULE.rounded(made.counts.people[cells]), RULE.rounded(made.counts.rows[cells])
    return ~bare, Known(cells, *RULE.unrounded(people), *RULE.unrounded(rows))


def test_hiding_small_cells_alone_is_broken_by_subtraction_and_by_the_auditor() -> None:
    made = from_table([[3, 40], [50, 60]])
    shown, known = naive(made)
    assert subtracted(made.layout, shown, made.counts.people) == 2
    assert made.layout.at(np.array([[0, 0]]))[0] in audited(made.layout, known, K).weak


def test_the_auditor_finds_the_true_bounds_of_a_small_table() -> None:
    """Against every table of whole numbers that fits what is known."""
    layout = LinkedTables((2, 2))
    cells = np.array([0, 1, 3])  # the total, the first row, the first column
    least, most = np.array([4, 2, 2]), np.array([6, 3, 4])
    audit = audited(layout, Known(cells, least, most, least, np.full(3, 12)), 100.0)
    fits = [
        (a, b, c, d)
        for a, b, c, d in product(range(7), repeat=4)
        if 4 <= a + b + c + d <= 6 and 2 <= a + b <= 3 and 2 <= a + c <= 4
    ]
    corner = layout.at(np.array([[0, 0], [0, 1], [1, 0], [1, 1]]))
    assert audit.least[0, corner].round(6).tolist() == [min(f[i] for f in fits) for i in range(4)]
    assert audit.most[0, corner].round(6).tolist() == [max(f[i] for f in fits) for i in range(4)]


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    people=st.integers(0, 400),
    sizes=st.lists(st.integers(2, 5), min_size=1, max_size=3).map(tuple),
)
def test_no_release_shows_a_small_cell_or_lets_one_be_worked_out(
    seed: int, people: int, sizes: tuple[int, ...]
) -> None:
    made = random_world(seed, people, sizes)
    decision = decide(made.layout, made.counts, RULE)
    assert small_cells_shown(made, decision) == 0
    assert subtracted(made.layout, decision.shown, made.counts.people) == 0
    audit = audited(made.layout, decision.known(RULE), K)
    assert not len(audit.weak)
    assert not len(decision.exposed)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), people=st.integers(40, 400))
def test_the_truth_is_never_outside_what_the_attacker_finds(seed: int, people: int) -> None:
    made = random_world(seed, people, (3, 4))
    decision = decide(made.layout, made.counts, RULE)
    audit = audited(made.layout, decision.known(RULE), float("inf"))
    hidden = ~decision.shown
    for measure, true in enumerate((made.counts.people, made.counts.rows)):
        assert (audit.least[measure, hidden] <= true[hidden] + 1e-6).all()
        assert (audit.most[measure, hidden] >= true[hidden] - 1e-6).all()


def test_values_of_which_nothing_is_shown_are_attacked_like_any_other() -> None:
    """The auditor takes such values together; attacking them one by one finds no less."""
    made = from_table([[4, 3, 2], [30, 40, 50], [1, 2, 3], [60, 70, 80]])
    decision = decide(made.layout, made.counts, RULE)
    audit = audited(made.layout, decision.known(RULE), float("inf"))
    silent = made.layout.at(np.array([[0, -1], [2, -1]]))
    assert not decision.shown[silent].any()
    assert audit.least[0, silent].tolist() == [0.0, 0.0]
    assert np.ptp(audit.most[0, silent]) == 0


def test_the_attack_of_four_attributes_and_themes_recovers_nothing() -> None:
    """600 people, 4 attributes, 8 themes; 2,000 people and 20 themes: bench/releases.py."""
    made = random_world(11, 600, (3, 4, 3, 2, 8))
    shown, known = naive(made)
    assert subtracted(made.layout, shown, made.counts.people) > 10
    assert len(audited(made.layout, known, K).weak)
    decision = decide(made.layout, made.counts, RULE)
    assert decision.shown.sum() > 40
    assert small_cells_shown(made, decision) == 0
    assert subtracted(made.layout, decision.shown, made.counts.people) == 0
    audit = audited(made.layout, decision.known(RULE), K)
    assert not len(audit.weak)
    assert audit.narrowest >= K - 1e-6

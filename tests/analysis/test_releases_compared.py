"""Comparing releases: nobody's coming, going or changing shows."""

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from analysis.linked_tables import ABSENT
from analysis.release_rule import HIDDEN, Rule
from analysis.releases_compared import Earlier, Past, changed, coded, past_of, standing
from analysis.suppression import Decision, decide
from tests.analysis.counted_world import K, World, subtracted, world

RULE = Rule()
SIZES = (3, 4, 2)
Codes = NDArray[np.intp]


def released(codes: Codes, pasts: list[Past]) -> tuple[World, Decision]:
    """A week's release after earlier ones; who is not there is ABSENT in every dimension."""
    there = codes[:, 0] != ABSENT
    made = world(codes, SIZES, np.where(there, 2, 0))
    past = standing(made.cells_of, pasts, RULE, made.layout.cells)
    return made, decide(made.layout, made.counts, RULE, past)


def weeks(codes_by_week: list[Codes]) -> list[tuple[World, Decision]]:
    """Releases one after another, each knowing those before it."""
    pasts: list[Past] = []
    made = []
    for codes in codes_by_week:
        week, decision = released(codes, pasts)
        pasts.append(Past(week.cells_of, decision.fresh, decision.people, decision.rows))
        made.append((week, decision))
    return made


def moving(seed: int, people: int, churn: float, number: int) -> list[Codes]:
    """Weeks in which a share of the people change a value, go or come back."""
    draw = np.random.default_rng(seed)

    def some(count: int) -> Codes:
        return np.stack([draw.integers(0, size, count) for size in SIZES], axis=1)

    codes = some(people)
    found = [codes]
    for _ in range(number - 1):
        codes = codes.copy()
        moved = draw.random(people) < churn
        codes[moved] = some(int(moved.sum()))
        codes[moved & (draw.random(people) < 0.3)] = ABSENT
        found.append(codes)
    return found


def base(people: int = 240, seed: int = 5) -> Codes:
    draw = np.random.default_rng(seed)
    return np.stack([draw.integers(0, size, people) for size in SIZES], axis=1)


def with_newcomer(codes: Codes, profile: tuple[int, ...]) -> list[Codes]:
    """The week without and the week with one more person."""
    before = np.vstack([codes, [[ABSENT] * len(SIZES)]])
    return [before, np.vstack([codes, [profile]])]


PROFILES = [(a, b, c) for a in range(3) for b in range(4) for c in range(2)]


def test_live_counts_give_a_newcomer_away() -> None:
    """What the rule is for: counted anew each week, one subtraction tells every value."""
    (before, _), (after, _) = weeks(with_newcomer(base(), (2, 1, 0)))
    gained = after.layout.keys[(after.counts.people - before.counts.people) == 1]
    assert gained.max(axis=0).tolist() == [2, 1, 0]


@pytest.mark.parametrize("seed", range(4))
def test_a_release_is_the_same_whatever_a_newcomer_is(seed: int) -> None:
    codes = base(seed=seed)
    seen = {tuple(weeks(with_newcomer(codes, p))[1][1].people) for p in PROFILES}
    assert len(seen) == 1


@pytest.mark.parametrize("seed", range(4))
def test_a_release_is_the_same_whatever_somebody_became(seed: int) -> None:
    """One person changes values; no cell is so small that it falls below K by that."""
    codes = base(360, seed)
    seen = set()
    for profile in PROFILES:
        later = codes.copy()
        later[0] = profile
        seen.add(tuple(weeks([codes, later])[1][1].people))
    assert len(seen) == 1


def test_fewer_than_k_newcomers_change_nothing_and_k_do() -> None:
    codes = base()
    grown = [np.vstack([codes, np.full((K, 3), ABSENT)])]
    for count in (K - 1, K):
        new = np.full((K, 3), ABSENT)
        new[:count] = (1, 1, 1)
        grown.append(np.vstack([codes, new]))
    (_, first), (_, few), (week, many) = weeks(grown)
    assert (first.people == few.people).all()
    assert many.people[0] == RULE.rounded(week.counts.people[:1])[0]
    assert many.people[0] > first.people[0]


def test_a_cell_that_falls_below_k_is_hidden_though_few_changed() -> None:
    codes = np.array([[0, 0, 0]] * 10 + [[1, 1, 0]] * 60 + [[2, 2, 1]] * 60)
    later = codes.copy()
    later[0] = ABSENT
    (_, first), (week, second) = weeks([codes, later])
    cell = week.layout.at(np.array([[0, ABSENT, ABSENT]]))[0]
    assert first.people[cell] == 10
    assert second.people[cell] == HIDDEN


@pytest.mark.parametrize("churn", [0.01, 0.05, 0.2, 0.6])
def test_any_two_decisions_on_a_cell_differ_by_k_people(churn: float) -> None:
    """Over all pairs of weeks, not only neighbouring ones: a number that differs from an earlier
    one was decided on for a group that differs from the earlier group by at least K people."""
    made = weeks(moving(9, 300, churn, 8))
    for (one, first), (two, second) in combinations(made, 2):
        apart = changed(one.cells_of, two.cells_of, one.layout.cells)
        decided = first.fresh & second.fresh & second.shown
        assert (apart[decided] >= K).all()


@pytest.mark.parametrize("churn", [0.01, 0.05, 0.2, 0.6])
def test_every_week_keeps_the_rules_of_a_single_release(churn: float) -> None:
    for week, decision in weeks(moving(4, 300, churn, 6)):
        shown = decision.shown
        assert (week.counts.people[shown] >= K).all()
        assert (week.counts.coaches[shown] >= 3).all()
        assert not len(decision.exposed)


def test_what_an_earlier_release_told_does_not_help_with_what_is_hidden_now() -> None:
    """The attacker fills in, for what is hidden now, the number of an earlier week that hardly
    changed since, and subtracts."""
    made = weeks(moving(2, 300, 0.08, 6))
    for number, (week, decision) in enumerate(made):
        known = decision.shown.copy()
        for earlier, told in made[:number]:
            apart = changed(earlier.cells_of, week.cells_of, week.layout.cells)
            known |= told.shown & told.fresh & (apart < K)
        assert subtracted(week.layout, known, week.counts.people) == 0


def test_persons_in_only_one_of_two_weeks_count_as_changed() -> None:
    before, now = np.array([[0, 1], [0, 2], [ABSENT, ABSENT]]), np.array([[0, 1], [0, 3], [0, 2]])
    assert changed(before, now, 4).tolist() == [1, 0, 2, 1]


def test_an_earlier_release_is_found_again_when_values_were_added_or_dropped() -> None:
    earlier = Earlier(
        {"mood": ("low", "good"), "kind": ("a", "b")},
        {"ana": ("low", "b"), "ben": ("good", "a"), "gone": ("good", "a")},
        people=[30, 10, 20, None, None, 10, None, None, 20],
        rows=[60, 20, 40, None, None, 20, None, None, 40],
        decided=[True] * 8 + [False],
    )
    past = past_of(earlier, {"mood": ("fine", "low"), "kind": ("a", "b")}, ["ben", "ana", "new"])
    # total, fine, low, a, b, fine-a, fine-b, low-a, low-b
    assert past.people.tolist() == [30, HIDDEN, 10, HIDDEN, HIDDEN, HIDDEN, HIDDEN, 10, HIDDEN]
    assert past.decided.tolist() == [True, False, True, True, True, False, False, True, True]
    assert past.cells_of.tolist() == [[0, -1, 3, -1], [0, 2, 4, 8], [-1, -1, -1, -1]]


def test_a_value_that_is_not_listed_is_absent() -> None:
    assert coded([["a", "x"], ["b", "y"]], [["a", "b"], ["y"]]).tolist() == [[0, ABSENT], [1, 0]]

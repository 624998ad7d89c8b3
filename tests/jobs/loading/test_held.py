"""Rows that are read again: from memory where they are few, from the file where they are many."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from jobs.files import held
from jobs.files.held import Held, most_rows
from jobs.files.opening import open_file


class Counted:
    """Gives so many rows, and counts how often it was asked."""

    def __init__(self, rows: int) -> None:
        self.rows, self.asked = rows, 0

    def __call__(self) -> Iterator[int]:
        self.asked += 1
        yield from range(self.rows)


@pytest.mark.parametrize(("rows", "most", "asked"), [(5, 5, 1), (6, 5, 3), (0, 5, 1), (1, 0, 3)])
def test_rows_are_read_once_unless_they_are_more_than_may_be_kept(
    rows: int, most: int, asked: int
) -> None:
    read = Counted(rows)
    again = Held(read, most)
    assert [list(again) for _ in range(3)] == [list(range(rows))] * 3
    assert read.asked == asked


def test_a_reading_that_stopped_before_the_end_is_not_taken_for_the_whole() -> None:
    again = Held(Counted(3), 5)
    assert next(iter(again)) == 0
    assert list(again) == [0, 1, 2]


def test_a_large_file_is_read_from_the_disk_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,text\n1,a b\n")
    assert most_rows(path, 2) == held.MOST_VALUES // 2
    monkeypatch.setattr(held, "MOST_BYTES", 3)
    assert most_rows(path, 2) == 0


@pytest.mark.parametrize("most", [held.MOST_BYTES, 1])
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "id,text\n1,a b\n2,c,d\n3,e f\n"),
        ("a.jsonl", '{"id": 1, "tags": ["x"]}\n{"id"\n{"id": 2, "more": {"a": 1}}\n'),
    ],
)
def test_a_file_says_the_same_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: str, most: int
) -> None:
    monkeypatch.setattr(held, "MOST_BYTES", most)
    path = tmp_path / name
    path.write_text(content)
    source = open_file(path)
    first = list(source.records())
    assert len(first) == 3
    assert list(source.records()) == first

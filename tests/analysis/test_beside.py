"""Work in a thread beside."""

import threading

import pytest

from analysis.beside import beside
from analysis.neighbours import silent


def test_what_was_made_comes_back_and_its_progress_is_told_by_who_waits():
    heard = []

    def work(progress):
        progress("half", 0.5)
        return threading.current_thread()

    with beside(work) as doing:
        made = doing.result(lambda *told: heard.append((threading.current_thread(), *told)))
    assert made is not threading.current_thread()
    assert heard[-1] == (threading.current_thread(), "half", 0.5)


def test_an_error_in_the_work_reaches_who_waits():
    with pytest.raises(ZeroDivisionError), beside(lambda _: 1 / 0) as doing:
        doing.result(silent)


def test_an_error_beside_ends_the_work():
    told = []

    def endless(progress):
        while True:
            progress("on and on", 0.0)
            told.append(threading.current_thread())

    with pytest.raises(InterruptedError), beside(endless):
        raise InterruptedError
    assert not told or not told[0].is_alive()

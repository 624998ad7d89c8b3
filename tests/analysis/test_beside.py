"""The projection is drawn beside other work, and nothing of it stays behind."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import psutil
import pytest
from threadpoolctl import threadpool_info

from analysis import beside
from analysis.beside import DrawingEnded, drawing
from analysis.forces import Edges, moved
from analysis.graph import fuzzy_graph
from analysis.neighbours import nearest, silent
from analysis.projection import edges_of, principal_plane
from tests.analysis.groups import groups

ENDLESS = 10_000_000  # epochs
FEW, MANY = 100, beside.WORTH_IT


@pytest.fixture(scope="module")
def given():
    rows, _ = groups(4, 40)
    return edges_of(fuzzy_graph(nearest(rows, 15)), epochs=50), principal_plane(rows), 3


def endless(given):
    edges, start, seed = given
    return Edges(edges.one, edges.other, edges.chance, edges.pushes, ENDLESS), start, seed


def nothing():
    pass


def interrupt():
    raise InterruptedError


def drawn(given, first=nothing, meanwhile=nothing, progress=silent):
    """The points, with something done before the process has its rows, and while it draws."""
    with drawing(MANY) as picture:
        first()
        picture.begin(*given)
        meanwhile()
        return picture.result(progress)


def children():
    return psutil.Process().children(recursive=True)


@pytest.mark.parametrize("rows", [FEW, MANY])
def test_the_points_are_those_of_this_process_and_their_progress_is_told(given, rows):
    shares = []
    with drawing(rows) as picture:
        assert len(children()) == (rows == MANY)
        picture.begin(*given)
        points = picture.result(lambda stage, share: shares.append((stage, share)))
    assert np.array_equal(points, moved(*given, silent))
    assert shares == sorted(shares)
    assert shares[-1] == ("projection", 1.0)
    assert not children()


def test_a_process_that_only_draws_loads_no_library_but_numpy():
    command = (
        "import analysis.beside, sys; print([m for m in ('scipy', 'igraph') if m in sys.modules])"
    )
    told = subprocess.check_output([sys.executable, "-c", command], cwd=beside.ROOT)
    assert told.split() == [b"[]"]


def test_an_error_meanwhile_ends_the_drawing_at_once(given):
    with pytest.raises(InterruptedError):
        drawn(endless(given), meanwhile=interrupt)
    assert not children()


def test_a_callback_that_raises_ends_the_drawing(given):
    with pytest.raises(InterruptedError):
        drawn(given, progress=lambda _stage, _share: interrupt())
    assert not children()


def test_an_error_of_the_process_is_told_in_its_own_words(given):
    _, start, seed = given
    with pytest.raises(DrawingEnded, match="'str' object has no attribute 'epochs'"):
        drawn(("no edges", start, seed))


@pytest.mark.parametrize("when", ["first", "meanwhile"])
def test_a_process_that_is_killed_is_told_with_how_it_ended(given, when):
    def kill():
        [drawer] = children()
        drawer.kill()

    with pytest.raises(DrawingEnded, match="status -9"):
        drawn(endless(given), **{when: kill})


def test_the_process_ends_when_this_one_is_killed():
    script = (
        "import time, psutil; from analysis.beside import drawing\n"
        "with drawing(1_000_000):\n"
        "    print(*(child.pid for child in psutil.Process().children()), flush=True)\n"
        "    time.sleep(60)\n"
    )
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, cwd=beside.ROOT, stdout=subprocess.PIPE) as fitting:
        drawer = int(fitting.stdout.readline())
        assert psutil.pid_exists(drawer)
        os.kill(fitting.pid, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while psutil.pid_exists(drawer) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not psutil.pid_exists(drawer)


def test_array_operations_leave_it_a_core_and_take_it_back():
    before = [pool["num_threads"] for pool in threadpool_info()]
    with drawing(MANY):
        most = max(1, (os.cpu_count() or 1) - 1)
        assert max(pool["num_threads"] for pool in threadpool_info()) <= most
    assert [pool["num_threads"] for pool in threadpool_info()] == before

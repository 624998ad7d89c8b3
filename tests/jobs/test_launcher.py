"""`./northlight` makes its environment once, notices when that failed, and costs nothing after."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent.parent
# Says what it was given.
STUB = "import json, os, sys; print(json.dumps([sys.argv[1:], os.getcwd()]))"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with the launcher and nothing to install."""
    made = tmp_path / "a checkout"
    (made / "jobs").mkdir(parents=True)
    shutil.copy(CHECKOUT / "northlight", made)
    shutil.copy(CHECKOUT / "jobs" / "install.py", made / "jobs")
    (made / "jobs" / "__init__.py").touch()
    (made / "jobs" / "__main__.py").write_text(STUB)
    (made / "requirements.txt").write_text("# nothing\n")
    return made


@pytest.fixture
def installed(checkout: Path) -> Path:
    """The same with an environment, as an installation leaves it, made in no time."""
    programs = checkout / ".venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "python").symlink_to(sys.executable)
    shutil.copy(checkout / "requirements.txt", checkout / ".venv" / "installed-requirements.txt")
    return checkout


def launch(
    checkout: Path, *arguments: str, path: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs the launcher to its end."""
    environment = os.environ | ({"PATH": path} if path else {})
    return subprocess.run(
        [str(checkout / "northlight"), *arguments],
        cwd=checkout,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_first_use_makes_the_environment_and_the_second_does_not(checkout: Path) -> None:
    first = launch(checkout, "one", "two words")
    assert first.returncode == 0, first.stderr
    assert '["one", "two words"]' in first.stdout
    assert "Made .venv in" in first.stderr
    assert (checkout / ".northlight" / "log" / "install.log").exists()
    second = launch(checkout)
    assert second.stderr == ""


def test_the_callers_folder_is_kept_and_its_modules_are_not_taken_for_ours(
    installed: Path, tmp_path: Path
) -> None:
    (tmp_path / "jobs.py").write_text("raise SystemExit('taken for ours')")
    (tmp_path / "link").symlink_to(installed / "northlight")
    ran = subprocess.run(["./link", "x"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.stdout.startswith(f'[["x"], "{tmp_path}"'), ran.stderr


def test_it_costs_less_than_a_tenth_of_a_second(installed: Path) -> None:
    bare = [sys.executable, "-P", "-c", STUB]
    costs = []
    for _ in range(5):
        begun = time.perf_counter()
        launch(installed)
        launched = time.perf_counter()
        subprocess.run(bare, check=True, capture_output=True)
        costs.append((launched - begun) - (time.perf_counter() - launched))
    assert min(costs) < 0.1, costs


def test_changed_requirements_are_installed_into_the_same_environment(installed: Path) -> None:
    (installed / "requirements.txt").write_text("# nothing, said otherwise\n")
    (installed / ".venv" / "of-mine").touch()
    assert install(installed, "pass").returncode == 0
    copied = (installed / ".venv" / "installed-requirements.txt").read_text()
    assert copied == "# nothing, said otherwise\n"
    assert (installed / ".venv" / "of-mine").exists()


def test_a_failed_installation_is_told_and_begun_again_from_nothing(checkout: Path) -> None:
    failed = install(checkout, "print('No matching distribution'); sys.exit(1)")
    assert failed.returncode == 1
    assert "Making .venv failed" in failed.stderr
    assert "No matching distribution" in failed.stderr
    (checkout / ".venv" / "half-written").touch()
    assert install(checkout, "pass").returncode == 0
    assert not (checkout / ".venv" / "half-written").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("[Errno 28] No space left on device", "the disk is full"),
        ("urllib3.exceptions.NewConnectionError: refused", "cannot be reached"),
    ],
)
def test_common_failures_are_told_in_words(checkout: Path, words: str, told: str) -> None:
    assert told in install(checkout, f"print({words!r}); sys.exit(1)").stderr


def test_what_a_killed_installation_left_running_is_waited_for(checkout: Path) -> None:
    mark = checkout / "slow-pip-ended"
    slow = f"pathlib.Path({str(mark)!r} + '.begun').touch(); time.sleep(1.5); "
    slow += f"pathlib.Path({str(mark)!r}).touch()"
    running = subprocess.Popen(install_command(checkout, slow), stderr=subprocess.DEVNULL)
    wait_for(mark.with_name(f"{mark.name}.begun"))
    running.send_signal(signal.SIGKILL)
    running.wait()
    again = install(checkout, "pass")
    assert again.returncode == 0
    assert "Waiting for another" in again.stderr
    assert mark.exists()


def test_two_first_uses_at_once_install_once(checkout: Path) -> None:
    slow = install_command(checkout, "time.sleep(0.5)")
    both = [subprocess.Popen(slow, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [running.communicate(timeout=60)[1] for running in both]
    assert [running.returncode for running in both] == [0, 0], said
    assert sum("Made .venv" in errors for errors in said) == 1


def install_command(checkout: Path, pip: str) -> list[str]:
    """Runs the installer with some code in place of venv and pip, which take seconds."""
    code = f"""
import sys; sys.path.insert(0, {str(CHECKOUT)!r})
from jobs import install
real = install.run
def run(command, *rest):
    code = "import os, pathlib, sys, time; " + {pip!r}
    if "venv" in command:
        code = "import os; os.mkdir('bin'); os.symlink({sys.executable!r}, 'bin/python')"
        code = f"import os; os.chdir({{command[-1]!r}}); " + code
    real([sys.executable, "-c", code], *rest)
install.run = run
sys.exit(install.main())
"""
    log = checkout / ".northlight" / "log" / "install.log"
    return [sys.executable, "-c", code, str(checkout), str(log)]


def install(checkout: Path, pip: str) -> subprocess.CompletedProcess[str]:
    """Runs the installer to its end."""
    command = install_command(checkout, pip)
    return subprocess.run(command, capture_output=True, text=True, check=False)


def wait_for(path: Path) -> None:
    """Waits until a file is there."""
    deadline = time.monotonic() + 20
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(0.01)


def test_without_a_suitable_python_it_says_what_to_install(checkout: Path, tmp_path: Path) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("sh", "readlink", "cat"):
        (programs / name).symlink_to(shutil.which(name) or "")
    (programs / "python3").write_text("#!/bin/sh\nexit 1\n")
    (programs / "python3").chmod(0o755)
    hide_system_python(checkout)
    ran = launch(checkout, path=str(programs))
    assert ran.returncode == 1
    assert "needs Python 3.11" in ran.stderr
    assert "apt-get install python3.11" in ran.stderr


def hide_system_python(checkout: Path) -> None:
    """Makes the copied launcher look for Python on the PATH only."""
    launcher = checkout / "northlight"
    words = launcher.read_text()
    for fixed in ("/usr/bin/python3.11", "/usr/local/bin/python3.11"):
        words = words.replace(fixed, "")
    launcher.write_text(words)


def test_a_python_without_venv_names_the_package_that_has_it(
    checkout: Path, tmp_path: Path
) -> None:
    hide_system_python(checkout)
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("sh", "readlink", "cat"):
        (programs / name).symlink_to(shutil.which(name) or "")
    poor = programs / "python3.11"
    poor.write_text(
        f'#!/bin/sh\ncase "$2" in\n*ensurepip*) exit 1;;\n*) exec {sys.executable} "$@";;\nesac\n'
    )
    poor.chmod(0o755)
    ran = launch(checkout, path=str(programs))
    assert ran.returncode == 1
    assert "-venv" in ran.stderr


def test_a_checkout_that_cannot_be_written_is_used_as_it_is(installed: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    for folder in (installed, installed / ".venv"):
        folder.chmod(0o555)
    ran = launch(installed)
    for folder in (installed, installed / ".venv"):
        folder.chmod(0o755)
    assert ran.returncode == 0, ran.stderr

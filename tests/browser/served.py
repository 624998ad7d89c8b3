"""The application as `./northlight up` starts it: own login, signing key, and a way in."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from tests.web_login import Web

ROOT = Path(__file__).resolve().parent.parent.parent
NOT_FOR_THE_APP = ("DATABASE_URL", "OPENAI_API_KEY")


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def served(
    web: Web,
    *,
    demo: bool = True,
    bound_to: str = "127.0.0.1",
    port: int | None = None,
    options: Mapping[str, str] | None = None,
) -> Iterator[str]:
    """A freshly started server's address. It gets the web login's URL and never the owner's."""
    port = port or free_port()
    flags = {"headless": "true", "port": str(port), "address": bound_to}
    named = {f"server.{name}": value for name, value in flags.items()} | dict(options or {})
    command = [sys.executable, "-m", "pages.shared.serve", "run", "app.py"]
    for name, value in named.items():
        command += [f"--{name}", value]
    environment = {
        k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "OPENAI_API_KEY")
    }
    environment |= {"NORTHLIGHT_WEB_URL": web.url, "NORTHLIGHT_HOME": str(web.home)}
    environment |= {"NORTHLIGHT_DEMO": "1" if demo else "0", "PYTHONPATH": str(ROOT)}
    log = (web.home / "app.log").open("ab")
    with (
        log,
        subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT
        ) as server,
    ):
        try:
            wait_for(f"http://127.0.0.1:{port}/_stcore/health")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def wait_for(url: str, seconds: float = 60) -> None:
    """Until something answers there."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with urlopen(url, timeout=1):
                return
        except (URLError, OSError):
            time.sleep(0.2)
    raise TimeoutError(url)

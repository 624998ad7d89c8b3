"""Which requests may speak for a server that only its own machine reaches."""

import pytest

from pages.shared.access import headers_are_local, is_loopback

HERE = {"Host": "127.0.0.1:8501"}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        HERE,
        {"Host": "localhost:8501", "Origin": "http://localhost:8501"},
        {"Host": "[::1]:8501", "Origin": "http://[::1]:8501"},
        {"Host": "LOCALHOST"},
    ],
)
def test_a_browser_on_this_machine_is_local(headers: dict[str, str]) -> None:
    assert headers_are_local(headers)


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "northlight.example.org"},
        {"Host": "192.168.1.20:8501"},
        {"Host": "127.0.0.1.example.org:8501"},
        {"Host": "localhost@example.org"},
        {"Host": "example.org#localhost"},
        {"Host": "0.0.0.0:8501"},
        {"Host": ""},
        {"Host": "["},
        {"Origin": "http://localhost:8501"},
        {"User-Agent": "no host at all"},
        HERE | {"Origin": "https://northlight.example.org"},
        HERE | {"Origin": "null"},
        HERE | {"X-Forwarded-For": "127.0.0.1"},
        HERE | {"Forwarded": "for=127.0.0.1"},
        HERE | {"X-Forwarded-Host": "localhost"},
        HERE | {"X-Real-IP": "127.0.0.1"},
        HERE | {"Via": "1.1 proxy"},
    ],
)
def test_what_may_come_from_elsewhere_is_not(headers: dict[str, str]) -> None:
    assert not headers_are_local(headers)


@pytest.mark.parametrize("name", ["", "0.0.0.0", "None", "::", "127.0.0.2", "localhost.example"])
def test_other_names_are_not_loopback(name: str) -> None:
    assert not is_loopback(name)

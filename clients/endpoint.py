"""An endpoint that speaks OpenAI's protocol, asked no faster than allowed.

Off unless a key is configured. What it is told leaves the machine for that endpoint, so asking it
is for operators who may send those texts there.
"""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, ClassVar

from clients.errors import ClientError

TRIES, LONGEST_PAUSE = 4, 60.0


@dataclass
class Endpoint:
    """A model at an endpoint; `key` never appears in messages.

    `per_minute` bounds how often it is asked. Told to pause (429), it waits as long as it is told,
    a few times.
    """

    key: str = field(repr=False)
    model: str
    url: str = "https://api.openai.com/v1"
    per_minute: int = 60
    _next: float = field(default=0.0, repr=False, kw_only=True)

    refusal: ClassVar[type[ClientError]] = ClientError  # what is raised
    kind: ClassVar[str] = "a model"
    seconds: ClassVar[float] = 60  # that an answer may take

    def post(self, path: str, body: Mapping[str, object]) -> Any:
        """What it answers, read as JSON. Raises `refusal`."""
        for last in (False,) * (TRIES - 1) + (True,):
            self._wait()
            try:
                return self._ask(path, body)
            except urllib.error.HTTPError as error:
                if error.code != HTTPStatus.TOO_MANY_REQUESTS or last:
                    raise self.refusal(self._refused(error.code)) from error
                self._next = time.monotonic() + _pause(error.headers.get("Retry-After", ""))
        raise AssertionError("the last try returns or raises")

    def not_as_asked(self) -> ClientError:
        """The refusal of an answer that is none of such a model."""
        return self.refusal(f"{self.url} did not answer as {self.kind} does.")

    def _wait(self) -> None:
        now = time.monotonic()
        time.sleep(max(self._next - now, 0))
        self._next = max(self._next, now) + 60 / self.per_minute

    def _ask(self, path: str, body: Mapping[str, object]) -> Any:
        request = urllib.request.Request(
            f"{self.url.rstrip('/')}/{path}",
            data=json.dumps({"model": self.model} | dict(body)).encode(),
            headers={"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=self.seconds) as response:
                return json.load(response)
        except urllib.error.HTTPError:
            raise
        except (urllib.error.URLError, TimeoutError) as error:
            reason = getattr(error, "reason", error)
            raise self.refusal(f"{self.url} cannot be reached: {reason}.") from error
        except ValueError as error:
            raise self.not_as_asked() from error

    def _refused(self, code: int) -> str:
        if code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            return f"{self.url} refused the key ({code}). Set OPENAI_API_KEY to one it knows."
        if code == HTTPStatus.NOT_FOUND:
            return f"{self.url} has no model {self.model!r} of this kind (404)."
        if code == HTTPStatus.TOO_MANY_REQUESTS:
            return (
                f"{self.url} asks for a pause (429) again and again. Ask again later, or more "
                "slowly."
            )
        return f"{self.url} answered {code}."


def configured(environment: Mapping[str, str]) -> tuple[str, str] | None:
    """The key and the address that OPENAI_API_KEY and OPENAI_BASE_URL give; None without a key."""
    key = environment.get("OPENAI_API_KEY", "").strip()
    url = environment.get("OPENAI_BASE_URL", "").strip() or Endpoint.url
    return (key, url) if key else None


def _pause(told: str) -> float:
    return min(float(told), LONGEST_PAUSE) if told.isdecimal() else 2.0

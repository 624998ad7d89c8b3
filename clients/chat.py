"""A chat model over any endpoint that speaks OpenAI's protocol, asked no faster than allowed.

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

from clients.errors import ClientError

SECONDS = 60
PER_MINUTE = 60
TRIES, LONGEST_PAUSE = 4, 60.0
LETTERS_A_TOKEN = 4  # of English; a rule of thumb for estimates, on the safe side for most texts


class ChatError(ClientError):
    """The model could not be asked, or its answer cannot be used."""


@dataclass
class Chat:
    """A chat model at an endpoint; `key` never appears in messages.

    `per_minute` bounds how often it is asked. Told to pause (429), it waits as long as it is told,
    a few times. `price` is that of a million tokens, asked and answered, where it is known.
    """

    key: str = field(repr=False)
    model: str
    url: str = "https://api.openai.com/v1"
    per_minute: int = PER_MINUTE
    price: tuple[float, float] | None = None
    _next: float = field(default=0.0, repr=False)

    def answer(self, instructions: str, question: str, *, as_json: bool = False) -> str:
        """What the model says. Raises ChatError."""
        messages = [
            {"role": "system", "content": instructions},
            {"role": "user", "content": question},
        ]
        body: dict[str, object] = {"model": self.model, "messages": messages, "temperature": 0}
        if as_json:
            body["response_format"] = {"type": "json_object"}
        for last in (False,) * (TRIES - 1) + (True,):
            self._wait()
            try:
                return self._ask(body)
            except urllib.error.HTTPError as error:
                if error.code != HTTPStatus.TOO_MANY_REQUESTS or last:
                    raise ChatError(_refused(self.url, error.code)) from error
                self._next = time.monotonic() + _pause(error.headers.get("Retry-After", ""))
        raise AssertionError("the last try returns or raises")

    def cost(self, asked: int, answered: int) -> float | None:
        """What so many tokens cost, in the price's currency; None without a price."""
        if self.price is None:
            return None
        return (asked * self.price[0] + answered * self.price[1]) / 1e6

    def _wait(self) -> None:
        now = time.monotonic()
        time.sleep(max(self._next - now, 0))
        self._next = max(self._next, now) + 60 / self.per_minute

    def _ask(self, body: Mapping[str, object]) -> str:
        request = urllib.request.Request(
            f"{self.url.rstrip('/')}/chat/completions",
            data=json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as response:
                return str(json.load(response)["choices"][0]["message"]["content"])
        except urllib.error.HTTPError:
            raise
        except (urllib.error.URLError, TimeoutError) as error:
            reason = getattr(error, "reason", error)
            raise ChatError(f"{self.url} cannot be reached: {reason}.") from error
        except (ValueError, KeyError, IndexError, TypeError) as error:
            raise ChatError(f"{self.url} did not answer as a chat model does.") from error


def configured_chat(environment: Mapping[str, str]) -> Chat | None:
    """The model that OPENAI_API_KEY, OPENAI_BASE_URL and NORTHLIGHT_CHAT ask for, or None.

    NORTHLIGHT_CHAT_PRICE is its price: of a million tokens asked, and answered, as "0.15 0.60".
    Raises ChatError for one that is no two numbers.
    """
    key = environment.get("OPENAI_API_KEY", "").strip()
    if not key:
        return None
    url = environment.get("OPENAI_BASE_URL", "").strip() or Chat.url
    model = environment.get("NORTHLIGHT_CHAT", "").strip() or "gpt-4o-mini"
    return Chat(key, model, url, price=_price(environment.get("NORTHLIGHT_CHAT_PRICE", "")))


def _price(told: str) -> tuple[float, float] | None:
    if not told.strip():
        return None
    try:
        asked, answered = map(float, told.split())
    except ValueError as error:
        raise ChatError(
            f"NORTHLIGHT_CHAT_PRICE is “{told}”; it takes two numbers, as “0.15 0.60”: the price "
            "of a million tokens asked, and answered."
        ) from error
    return asked, answered


def tokens(text: str) -> int:
    """About how many tokens a text is."""
    return len(text) // LETTERS_A_TOKEN + 1


def is_text(said: str) -> bool:
    """Whether a database and a page can hold it: JSON's escapes can also make what is no text."""
    return "\0" not in said and not any("\ud800" <= letter <= "\udfff" for letter in said)


def _pause(told: str) -> float:
    return min(float(told), LONGEST_PAUSE) if told.isdecimal() else 2.0


def _refused(url: str, code: int) -> str:
    if code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return f"{url} refused the key ({code}). Set OPENAI_API_KEY to one it knows."
    if code == HTTPStatus.TOO_MANY_REQUESTS:
        return f"{url} asks for a pause (429) again and again. Ask again later, or more slowly."
    return f"{url} answered {code}."

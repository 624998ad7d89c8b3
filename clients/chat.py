"""A chat model over any endpoint that speaks OpenAI's protocol."""

from collections.abc import Mapping
from dataclasses import dataclass

from clients.endpoint import Endpoint, configured
from clients.errors import ClientError

LETTERS_A_TOKEN = 4  # of English; a rule of thumb for estimates, on the safe side for most texts


class ChatError(ClientError):
    """The model could not be asked, or its answer cannot be used."""


@dataclass
class Chat(Endpoint):
    """A chat model at an endpoint.

    `price` is that of a million tokens, asked and answered, where it is known.
    """

    price: tuple[float, float] | None = None

    refusal = ChatError
    kind = "a chat model"

    def answer(self, instructions: str, question: str, *, as_json: bool = False) -> str:
        """What the model says. Raises ChatError."""
        messages = [
            {"role": "system", "content": instructions},
            {"role": "user", "content": question},
        ]
        body: dict[str, object] = {"messages": messages, "temperature": 0}
        if as_json:
            body["response_format"] = {"type": "json_object"}
        try:
            return str(self.post("chat/completions", body)["choices"][0]["message"]["content"])
        except (KeyError, IndexError, TypeError) as error:
            raise self.not_as_asked() from error

    def cost(self, asked: int, answered: int) -> float | None:
        """What so many tokens cost, in the price's currency; None without a price."""
        if self.price is None:
            return None
        return (asked * self.price[0] + answered * self.price[1]) / 1e6


def configured_chat(environment: Mapping[str, str]) -> Chat | None:
    """The model that OPENAI_API_KEY, OPENAI_BASE_URL and NORTHLIGHT_CHAT ask for, or None.

    NORTHLIGHT_CHAT_PRICE is its price: of a million tokens asked, and answered, as "0.15 0.60".
    Raises ChatError for one that is no two numbers.
    """
    at = configured(environment)
    if at is None:
        return None
    key, url = at
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

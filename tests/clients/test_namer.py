"""Asking a chat model for a name, against a server of the standard library."""

from collections.abc import Iterator
from typing import Any

import pytest

from clients.namer import PROMPT, Namer, NamerError, configured_namer
from tests.loopback import JsonService, served

ASKED: list[dict[str, object]] = []


class Fake(JsonService):
    def reply(self, said: Any) -> None:
        ASKED.append(said)
        code = 401 if self.headers["Authorization"] != "Bearer good" else 200
        model = said["model"]
        content = {"namer": "  “Nights awake”.\n", "torn": "Nights\0"}.get(model, "word " * 60)
        answer = {"choices": [{"message": {"content": content}}]} if model != "odd" else {"no": 1}
        self.answer(answer, code)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with served(Fake) as address:
        yield f"{address}/v1"


def test_a_name_comes_back_without_its_quotation_marks(url: str) -> None:
    namer = Namer("good", "namer", url)
    assert namer.name(["asleep", "night"], ["I lay awake."], ["Running"]) == "Nights awake"
    system, user = ASKED[-1]["messages"]  # type: ignore[misc]
    assert system["content"] == PROMPT == namer.named_with["prompt"]
    assert all(part in user["content"] for part in ("asleep, night", "I lay awake.", "Running"))


def test_a_wrong_key_is_a_sentence_that_does_not_tell_it(url: str) -> None:
    with pytest.raises(NamerError, match="refused the key") as refused:
        Namer("hush-hush", "namer", url).name(["a"], ["b"])
    assert "hush-hush" not in str(refused.value)


@pytest.mark.parametrize(
    ("model", "told"), [("rambling", "no name"), ("torn", "no name"), ("odd", "chat model")]
)
def test_an_answer_that_is_no_name_is_refused(url: str, model: str, told: str) -> None:
    with pytest.raises(NamerError, match=told):
        Namer("good", model, url).name(["a"], ["b"])


def test_nobody_there_is_a_sentence() -> None:
    with pytest.raises(NamerError, match="cannot be reached"):
        Namer("good", "namer", "http://127.0.0.1:9/v1").name(["a"], ["b"])


def test_without_a_key_there_is_no_namer() -> None:
    assert configured_namer({"OPENAI_BASE_URL": "http://x"}) is None
    made = configured_namer({"OPENAI_API_KEY": "k", "OPENAI_BASE_URL": "http://x"})
    assert made is not None
    assert made.url == "http://x"

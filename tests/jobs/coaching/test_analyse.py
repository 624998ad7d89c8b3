"""Text analysis on the small coaching world: kept beside the table, and never over a person."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pandas as pd
import pytest
from click.testing import CliRunner
from sqlalchemy import Engine

from clients.analyst import Analyst, Found
from clients.chat import Chat, ChatError
from jobs.cli.analyse import analyse as command
from jobs.cli.context import Context
from jobs.coaching.analyse import LexiconReader, analyse, estimate
from jobs.errors import JobError
from queries.catalog import collection_named
from queries.collection import Collection
from queries.gate import WORKER, Gate
from queries.people import clients, histories
from tests.chat_server import ChatServer, chat_server
from tests.coaching import fresh
from tests.systems import ask
from tests.world import quietly


class Scripted(Analyst):
    """A model that reads as told, and remembers what it was asked."""

    def __init__(self, told: dict[str, Found | None], model: str = "scripted") -> None:
        super().__init__(Chat("key", model, "http://127.0.0.1:9"))
        object.__setattr__(self, "told", told)
        object.__setattr__(self, "asked", [])

    def read(self, texts: Sequence[str]) -> list[Found | None]:
        self.asked.append(list(texts))
        return [self.told.get(said.split()[0]) for said in texts]


@pytest.fixture
def responses(engine: Engine) -> Collection:
    if not ask(engine, "SELECT 1 FROM playbook.user_profiles"):
        fresh(engine)
    ask(engine, "DELETE FROM northlight.finding RETURNING 1")
    return collection_named(Gate(engine, WORKER), "responses")


def answers(engine: Engine, responses: Collection) -> dict[str, dict[str, object]]:
    """Ana's answers by their first word."""
    found = clients.answers(Gate(engine, WORKER), responses, "ana")
    return {row["text"].split()[0]: row for row in found.to_dict("records")}


def test_the_lexicon_fills_only_what_the_table_does_not_say(
    engine: Engine, responses: Collection
) -> None:
    report = analyse(Gate(engine, WORKER), responses, LexiconReader(), quietly)
    assert (report.read, report.method) == (4, "lexicon")
    shown = answers(engine, responses)
    assert (shown["The"]["sentiment"], shown["The"]["sentiment_by"]) == (-0.5, "table")
    assert shown["Again"]["sentiment_by"] == "lexicon"
    assert shown["Again"]["sentiment"] < 0  # alone


def test_a_persons_own_mood_is_never_overwritten(engine: Engine, responses: Collection) -> None:
    gloomy = Found(-1.0, "gloomy", ("Likes rivers.",))
    model = Scripted(dict.fromkeys(("The", "Again", "I", "Walked"), gloomy))
    analyse(Gate(engine, WORKER), responses, model, quietly)
    shown = answers(engine, responses)
    assert (shown["The"]["mood"], shown["The"]["mood_by"]) == ("calm", "person")
    assert (shown["Again"]["mood"], shown["Again"]["mood_by"]) == ("gloomy", "model")
    assert shown["Again"]["insights"] == ["Likes rivers."]
    kept = ask(engine, "SELECT mood, sentiment_score FROM playbook.exercise_responses")
    assert sorted(str(row["mood"]) for row in kept) == ["None", "calm", "rested", "tense"]
    assert sum(row["sentiment_score"] is None for row in kept) == 1


def test_nothing_is_read_twice_until_the_words_change(
    engine: Engine, responses: Collection
) -> None:
    gate, model = Gate(engine, WORKER), Scripted({"Again": Found(0.2, "wet")})
    assert analyse(gate, responses, model, quietly).read == 4
    assert analyse(gate, responses, model, quietly).read == 0
    assert estimate(gate, responses, model, None).requests == 0
    # What a model found stands when the lexicon asks; another model reads again.
    assert analyse(gate, responses, LexiconReader(), quietly).read == 0
    assert estimate(gate, responses, Scripted({}, "another"), None).rows == 4
    changed = "UPDATE playbook.exercise_responses SET response_text = response_text || ' ' WHERE "
    ask(engine, changed + "response_text LIKE 'Again%' RETURNING 1")
    assert analyse(gate, responses, model, quietly).read == 1


def test_an_answer_that_does_not_hold_is_asked_for_once_more_and_left_out(
    engine: Engine, responses: Collection
) -> None:
    model = Scripted({"The": Found(0.1, "calm")})
    report = analyse(Gate(engine, WORKER), responses, model, quietly)
    assert report.unusable == 3
    assert sorted(map(len, model.asked)) == [1, 1, 1, 4]
    assert pd.isna(answers(engine, responses)["Again"]["sentiment_by"])


def test_a_model_that_fails_leaves_what_was_read(engine: Engine, responses: Collection) -> None:
    class Failing(Scripted):
        def read(self, texts: Sequence[str]) -> list[Found | None]:
            raise ChatError(f"{len(texts)} texts went nowhere")

    with pytest.raises(ChatError):
        analyse(Gate(engine, WORKER), responses, Failing({}), quietly)
    assert analyse(Gate(engine, WORKER), responses, LexiconReader(), quietly).read == 4


def test_what_was_found_is_in_the_histories_at_once(engine: Engine, responses: Collection) -> None:
    gate = Gate(engine, WORKER)
    before = histories.histories(gate, responses).answers["sentiment"].isna().sum()
    analyse(gate, responses, LexiconReader(), quietly)
    assert (before, histories.histories(gate, responses).answers["sentiment"].isna().sum()) == (
        1,
        0,
    )


def test_the_lexicon_refuses_a_language_that_it_does_not_know(
    engine: Engine, responses: Collection
) -> None:
    german = replace(responses, language="german")
    with pytest.raises(JobError, match="The lexicon knows english"):
        analyse(Gate(engine, WORKER), german, LexiconReader(), quietly)


def test_the_command_says_what_it_would_take_before_anything_is_sent(
    engine: Engine, responses: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = Context()
    context.__dict__ |= {"gate": Gate(engine, WORKER), "engine": engine}
    arguments = [responses.name, "--method", "model", "--price", "0.15", "0.6"]
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    refused = CliRunner().invoke(command, arguments, obj=context)
    assert "No key is set" in refused.output
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9")
    asked = CliRunner().invoke(command, arguments, obj=context, input="n\n")
    assert "4 texts wait: 1 requests" in asked.output
    assert "about 0.00" in asked.output
    assert ask(engine, "SELECT 1 FROM northlight.finding") == []
    plain = CliRunner().invoke(command, [responses.name, "--json"], obj=context)
    assert '"read": 4' in plain.output


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with chat_server() as made:
        made.read = lambda line: json.loads(line.split(". ", 1)[1])
        yield made


def test_over_the_network_texts_go_in_batches_and_only_once(
    engine: Engine, responses: Collection, server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """25 texts, two of them alike, one without a usable answer the first time."""
    said = [f"Day {n}: I walked." for n in range(20)] + ["Day 0: I walked."]
    add = (
        "INSERT INTO playbook.exercise_responses (exercise_id, user_id, response_text, created_at)"
    )
    add += " SELECT exercise_id, 'ben', said, '2026-06-20' FROM playbook.exercise_responses, "
    add += f"unnest(ARRAY{said}) said WHERE user_id = 'ben' AND response_text LIKE 'Walked%'"
    ask(engine, f"{add} RETURNING 1")
    failed: list[str] = []

    def reply(texts: list[str]) -> str:
        results = [{"n": n, "sentiment": 0.5, "mood": "calm"} for n in range(1, len(texts) + 1)]
        for one, text in zip(results, texts, strict=True):
            if text.startswith("Day 7") and not failed:
                failed.append(text)
                one["sentiment"] = 7
        return json.dumps({"results": results})

    server.reply = reply
    monkeypatch.setenv("OPENAI_API_KEY", "good")
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    context = Context()
    context.__dict__ |= {"gate": Gate(engine, WORKER), "engine": engine}
    arguments = [responses.name, "--method", "model", "--yes", "--per-minute", "60000", "--json"]
    try:
        first = CliRunner().invoke(command, arguments, obj=context)
        assert '"read": 25' in first.output
        assert '"unusable": 0' in first.output
        assert len(server.asked) == 3 + 1  # three batches; the one that failed alone once more
        again = CliRunner().invoke(command, arguments, obj=context)
        assert '"read": 0' in again.output
        assert len(server.asked) == 4
        assert "ben" not in "".join(server.asked)
    finally:
        ask(
            engine,
            "DELETE FROM playbook.exercise_responses WHERE response_text LIKE 'Day %' RETURNING 1",
        )

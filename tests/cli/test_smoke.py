"""What an operator asks a new installation from outside."""

import httpx
import pytest

from app.cli.smoke import QUESTIONS, wrong_answers


async def test_a_living_installation_has_no_wrong_answer(address: str) -> None:
    assert await wrong_answers(address) == []


async def test_nobody_there_is_three_wrong_answers() -> None:
    found = await wrong_answers("http://127.0.0.1:9")
    assert [each.split(":")[0] for each in found] == [question.path for question in QUESTIONS]


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/health/ready", httpx.Response(503, text="database: down")),
        ("/sign-in", httpx.Response(200, json={})),
        ("/api/v1/tickets", httpx.Response(200, json=[])),
    ],
)
def test_an_answer_that_is_wrong_is_told(path: str, answer: httpx.Response) -> None:
    (question,) = (each for each in QUESTIONS if each.path == path)
    assert question.wrong(answer)

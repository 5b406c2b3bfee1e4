"""What a living installation must answer, asked from outside: `yinghuo smoke` and the chart's `helm test`."""

from collections.abc import Callable
from typing import Final, NamedTuple

import httpx

TIMEOUT_SECONDS: Final = 10.0


class Question(NamedTuple):
    """A request without any right, and what is wrong with the answer to it."""

    path: str
    wrong: Callable[[httpx.Response], str | None]


def _ready(answer: httpx.Response) -> str | None:
    if answer.status_code == httpx.codes.OK:
        return None
    return f"not ready: {answer.text[:300]}"


def _page(answer: httpx.Response) -> str | None:
    is_page = answer.headers.get("content-type", "").startswith("text/html")
    return None if answer.status_code == httpx.codes.OK and is_page else "no page"


def _refused(answer: httpx.Response) -> str | None:
    is_problem = answer.headers.get("content-type", "").startswith("application/problem+json")
    return None if answer.status_code == httpx.codes.UNAUTHORIZED and is_problem else "a stranger is not refused"


QUESTIONS: Final = (
    Question("/health/ready", _ready),
    Question("/sign-in", _page),
    Question("/api/v1/tickets", _refused),
)


async def wrong_answers(address: str) -> list[str]:
    """One sentence for each question that was answered otherwise than it must be; empty when all is well."""
    found = []
    async with httpx.AsyncClient(base_url=address, timeout=TIMEOUT_SECONDS, follow_redirects=False) as visitor:
        for question in QUESTIONS:
            try:
                answer = await visitor.get(question.path)
            except httpx.HTTPError as failure:
                found.append(f"{question.path}: {type(failure).__name__}")
                continue
            if fault := question.wrong(answer):
                found.append(f"{question.path}: {answer.status_code}, {fault}")
    return found

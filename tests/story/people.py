"""People who use the JSON API of the started program, one HTTP client each."""

from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

import httpx

from tests.running_program import RunningProgram

PASSWORD = "萤火虫照亮夜路-2026"
Json = Any


class Person:
    """Somebody with a bearer token, or a visitor without one."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def get(self, path: str, **parameters: str) -> Json:
        """What is there.

        Raises AssertionError with the problem when it is refused.
        """
        return self._ask("GET", path, params=parameters).json()

    def post(self, path: str, body: Json = None, *, key: str = "", files: Mapping[str, Any] | None = None) -> Json:
        """Do something; a `key` makes it happen once. Answers without a body give None."""
        headers = {"idempotency-key": key} if key else {}
        if files is not None:
            answer = self._ask("POST", path, data=body, files=files, headers=headers)
        else:
            answer = self._ask("POST", path, json=body, headers=headers)
        return answer.json() if answer.content and "json" in answer.headers["content-type"] else None

    def put(self, path: str, body: Json) -> Json:
        """Write a record."""
        return self._ask("PUT", path, json=body).json()

    def document(self, path: str, body: Json = None) -> bytes:
        """A PDF: fetched, or made from `body`."""
        answer = self._ask("GET", path) if body is None else self._ask("POST", path, json=body)
        assert answer.headers["content-type"] == "application/pdf"
        return answer.content

    def refused(self, method: str, path: str, body: Json = None) -> tuple[int, str]:
        """Status and code of the refusal."""
        answer = self._client.request(method, f"/api/v1{path}", json=body)
        assert answer.headers["content-type"].startswith("application/problem+json"), answer.text
        return answer.status_code, answer.json()["code"]

    def _ask(self, method: str, path: str, **request: Any) -> httpx.Response:
        answer = self._client.request(method, f"/api/v1{path}", **request)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer


class People:
    """Opens sessions against the running program; `close` ends all of them."""

    def __init__(self, program: RunningProgram) -> None:
        self.program = program
        self._opened = ExitStack()

    def visitor(self) -> Person:
        """Nobody in particular."""
        return Person(self._client())

    def holder_of(self, token: str) -> Person:
        """Whoever has this token."""
        return Person(self._client(token))

    def accept(self, link: str, **given: str) -> Person:
        """Follow an invitation's link, choose a password, sign in."""
        tenant, token = link.rsplit("/", 2)[1:]
        path = f"/invitation-links/{tenant}/{token}"
        visitor = self.visitor()
        offered = visitor.get(path)
        accepted = visitor.post(path, {"password": PASSWORD, **given})
        session = visitor.post(
            "/sessions",
            {
                "name": given.get("email") or offered["email"],
                "password": PASSWORD,
                "membership_id": accepted["membership_id"],
            },
        )
        return self.holder_of(session["token"])

    def invited(self, address: str, name: str) -> Person:
        """Accept the invitation that lies in the mailbox for `address`."""
        return self.accept(self.program.letter(address, "/invitations/").link, display_name=name)

    def close(self) -> None:
        """Close every connection."""
        self._opened.close()

    def _client(self, token: str = "") -> httpx.Client:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        made = httpx.Client(base_url=self.program.address, headers=headers, timeout=30, trust_env=False)
        return self._opened.enter_context(made)

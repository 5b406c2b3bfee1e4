"""Stripe's way to say no."""

from typing import Any

Object = dict[str, Any]


class Refusal(Exception):
    """A request that Stripe answers with an error.

    `executed` says whether the request had begun when it was refused: only then is the answer kept under its key.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        kind: str = "invalid_request_error",
        status: int = 400,
        executed: bool = True,
        more: Object | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.executed = executed
        self.error: Object = {"type": kind, "message": message} | (more or {})
        if code is not None:
            self.error |= {"code": code, "doc_url": f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}"}
        if param is not None:
            self.error["param"] = param

    @property
    def body(self) -> Object:
        """The answer."""
        return {"error": self.error}


def missing(kind: str, identifier: str, param: str, status: int = 404) -> Refusal:
    """There is no such object in this account; in a path that is 404, in a form 400."""
    return Refusal(f"No such {kind}: '{identifier}'", code="resource_missing", param=param, status=status)


def not_spoken(what: str) -> Refusal:
    """Stripe knows it, the stand-in does not: a test must not pass because it was overlooked."""
    return Refusal(f"The stand-in does not speak {what}.", kind="api_error", status=501, executed=False)


def malformed(message: str, param: str, code: str | None = None) -> Refusal:
    """What is asked for was not understood; nothing has begun."""
    return Refusal(message, param=param, code=code, executed=False)

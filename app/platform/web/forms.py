"""The one way of forms: read it, act once, go on; or show it again with what was typed and why it was refused."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import msgspec
from litestar import Response
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from app.platform.http.authentication import actor_of
from app.platform.http.errors import as_domain_error, status_of
from app.platform.http.idempotency import submit_once
from app.platform.http.request_context import origin_of
from app.platform.http.request_work import runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError, Forbidden, NotFound, SecondFactorDue, Unauthenticated
from app.platform.kernel.texts import Translator
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_values import FormValues, form_values
from app.platform.web.pages import page, see_other, translator_of, wants_fragment

Act = Callable[[UnitOfWork, FormValues], Awaitable[str | Response[Any]]]
"""Calls the use case with what was submitted; returns the address to go on to, or where there is none the answer."""
RenderForm = Callable[[UnitOfWork, FormValues, DomainError], Awaitable[Response[Any]]]
"""Shows the form again: what was submitted, and why it was refused."""
RenderDone = Callable[[UnitOfWork], Awaitable[Response[Any]]]
"""Draws the part of the page that HTMX shows after a success, instead of going on to the address."""
Once = Callable[[WebRequest, UnitOfWork, Callable[[], Awaitable[str | None]]], Awaitable[str | None]]
"""Acts once per key: returns the address of the first time."""
Begin = Callable[[WebRequest], AbstractAsyncContextManager[UnitOfWork]]

_NOT_ABOUT_THE_FORM = (NotFound, Forbidden, SecondFactorDue, Unauthenticated)
"""Refusals that no other entry could avoid: they have pages of their own."""


class _Texts(dict[str, str]):
    """Field → text; a field without one has the empty text."""

    def __missing__(self, name: str) -> str:
        return ""


class FormProblem(msgspec.Struct, frozen=True):
    """Why a form was refused, in the reader's language: a sentence, and a text for each field at fault. Both empty for
    a form that nobody has sent yet."""

    text: str = ""
    fields: dict[str, str] = msgspec.field(default_factory=_Texts)

    @classmethod
    def of(cls, error: DomainError | None, translate: Translator) -> "FormProblem":
        if error is None:
            return cls()
        fields = _Texts({name: translate(text) for name, text in error.fields.items()})
        return cls(translate(error.text, **error.parameters), fields)


def transaction_of(request: WebRequest) -> AbstractAsyncContextManager[UnitOfWork]:
    """A unit of work of the request's actor."""
    return runtime_of(request).units_of_work.begin(actor_of(request), origin_of(request))


async def submit(
    request: WebRequest,
    act: Act,
    render_form: RenderForm | None = None,
    *,
    render_done: RenderDone | None = None,
    begin: Begin = transaction_of,
    once: Once = submit_once,
) -> Response[Any]:
    """Act on a form: once per key, in a transaction of its own; then 303 (`HX-Redirect` for HTMX).

    A refusal rolls back and shows the form again, in a new transaction. Without `render_form`, and where the refusal
    is not about what was typed, the error's own page or toast is shown. `once` is for actions whose keys are
    kept longer than a day.

    Raises:
        DomainError: as told.
    """
    form = await form_values(request)
    answer: str | Response[Any] = ""

    async def address_of() -> str | None:
        nonlocal answer
        answer = await act(work, form)
        return answer if isinstance(answer, str) else None

    try:
        async with begin(request) as work:
            address = await once(request, work, address_of)
    except (DomainError, StaleDataError, IntegrityError) as failure:
        error = as_domain_error(failure)
        if error is None or render_form is None or type(error) in _NOT_ABOUT_THE_FORM:
            raise
        async with begin(request) as work:
            return await render_form(work, form, error)
    if render_done is not None and wants_fragment(request):
        async with begin(request) as work:
            return await render_done(work)
    return answer if isinstance(answer, Response) else see_other(request, address or answer)


def render_form(
    request: WebRequest, template: str, error: DomainError | None, *, fragment: str | None = None, **context: Any
) -> Response[str]:
    """A page with a form, sent or not: `problem` is its `FormProblem`, the status that of `error`."""
    response = page(
        request,
        template,
        fragment=fragment,
        status=200 if error is None else status_of(error),
        problem=FormProblem.of(error, translator_of(request)),
        **context,
    )
    if error is not None and error.retry_after is not None:
        response.headers["retry-after"] = str(error.retry_after)
    return response

"""What page handlers with forms share: reading what was typed, and drawing the form again with what is wrong."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response

from app.http.errors import status_of
from app.kernel.errors import DomainError, TooManyAttempts
from app.web.pages import page, speaker


async def typed(request: Request[Any, Any, Any], *names: str) -> dict[str, str]:
    """The form's fields with these names; what is missing is empty. Files are not read."""
    form = await request.form()
    found = {name: form.get(name, "") for name in names}
    return {name: value if isinstance(value, str) else "" for name, value in found.items()}


async def chosen(request: Request[Any, Any, Any], name: str) -> list[str]:
    """Every ticked box or chosen option called `name`."""
    return [value for value in (await request.form()).getall(name, []) if isinstance(value, str)]


def redraw(request: Request[Any, Any, Any], template: str, error: DomainError | None, **context: Any) -> Response[str]:
    """The page with what was typed, and what is wrong with it: `problem.text`, and `problem.fields` by name."""
    translate = speaker(request)
    problem: Mapping[str, Any] = {"text": "", "fields": {}}
    if error is not None:
        fields = {name: translate(text) for name, text in error.fields.items()}
        problem = {"text": translate(error.text, **error.parameters), "fields": fields}
    response = page(request, template, status=200 if error is None else status_of(error), problem=problem, **context)
    if isinstance(error, TooManyAttempts):
        response.headers["retry-after"] = str(error.retry_after)
    return response

"""Reading submitted forms, and rendering a form again with its errors."""

from collections.abc import Mapping
from typing import Any

from litestar import Response

from app.platform.http.errors import status_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError
from app.platform.web.pages import page, translator_of


class SubmittedForm:
    """All text fields of a submitted form, for forms whose field names vary."""

    def __init__(self, values: Mapping[str, list[str]]) -> None:
        self._values = values

    def __getitem__(self, name: str) -> str:
        """The first value of a field; empty where it is missing."""
        found = self._values.get(name)
        return found[0] if found else ""

    def checked(self, name: str) -> list[str]:
        """The values of the checked boxes named `name`."""
        return self._values.get(name, [])

    def fields(self) -> list[tuple[str, str]]:
        """All (name, value) pairs as submitted, for hidden fields of a confirmation page."""
        return [(name, value) for name, values in self._values.items() for value in values]

    def texts(self) -> dict[str, str]:
        """The first value of each field, for rendering the form again."""
        return {name: self[name] for name in self._values}


async def submitted_form(request: WebRequest) -> SubmittedForm:
    """The submitted form without files."""
    form = await request.form()
    return SubmittedForm({name: [value for value in form.getall(name) if isinstance(value, str)] for name in form})


async def form_fields(request: WebRequest, *names: str) -> dict[str, str]:
    """The named form fields; missing ones and files are empty."""
    form = await request.form()
    found = {name: form.get(name, "") for name in names}
    return {name: value if isinstance(value, str) else "" for name, value in found.items()}


async def form_choices(request: WebRequest, name: str) -> list[str]:
    """The values of all checked boxes or selected options named `name`."""
    return [value for value in (await request.form()).getall(name, []) if isinstance(value, str)]


def render_form(request: WebRequest, template: str, error: DomainError | None, **context: Any) -> Response[str]:
    """Render a page with a form and its errors; sets the status and, where `error` has one, `Retry-After`.

    The context variable `problem` has `text` and `fields` (name → text) in the reader's language.
    """
    translate = translator_of(request)
    problem: Mapping[str, Any] = {"text": "", "fields": {}}
    if error is not None:
        fields = {name: translate(text) for name, text in error.fields.items()}
        problem = {"text": translate(error.text, **error.parameters), "fields": fields}
    response = page(request, template, status=200 if error is None else status_of(error), problem=problem, **context)
    if error is not None and error.retry_after is not None:
        response.headers["retry-after"] = str(error.retry_after)
    return response

"""What page handlers with forms share: reading what was typed, and drawing the form again with what is wrong."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response

from app.http.errors import status_of
from app.kernel.errors import DomainError
from app.web.pages import page, speaker


class TypedForm:
    """All fields of a submitted form as text, for forms whose fields are not known beforehand by name."""

    def __init__(self, values: Mapping[str, list[str]]) -> None:
        self._values = values

    def __getitem__(self, name: str) -> str:
        """The field; empty where it is missing."""
        found = self._values.get(name)
        return found[0] if found else ""

    def ticked(self, name: str) -> list[str]:
        """Every ticked box called `name`."""
        return self._values.get(name, [])

    def fields(self) -> list[tuple[str, str]]:
        """Every name with each of its values, as the browser sent them: for carrying a form on to its confirmation."""
        return [(name, value) for name, values in self._values.items() for value in values]

    def shown(self) -> dict[str, str]:
        """Field by field, for drawing the form again."""
        return {name: self[name] for name in self._values}


async def typed_form(request: Request[Any, Any, Any]) -> TypedForm:
    """Everything that the browser sent but files."""
    form = await request.form()
    return TypedForm({name: [value for value in form.getall(name) if isinstance(value, str)] for name in form})


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
    if error is not None and error.retry_after is not None:
        response.headers["retry-after"] = str(error.retry_after)
    return response

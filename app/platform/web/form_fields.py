"""The fields of a form, from the struct that it is read into: name, label, hint, limit, stand once, in the struct.

    title: Annotated[str, LINE, Meta(min_length=1, max_length=120), Label(N_("名称"))]

`struct_fields(fields_of(AgreementCreate), values, problem)` of `components/forms.html` draws them.
"""

from datetime import date
from functools import cache
from typing import Any, get_args, get_type_hints

import msgspec

from app.platform.kernel.input_text import TextKind, text_kinds_of
from app.platform.web.form_values import kinds_of, label_of


class FormField(msgspec.Struct, frozen=True):
    """One field. `kind` is text, lines, date, number, code or checkbox; `longest` in characters, None for no limit."""

    name: str
    label: str
    hint: str
    kind: str
    required: bool
    longest: int | None


@cache
def fields_of(struct: type[msgspec.Struct]) -> tuple[FormField, ...]:
    """The fields of `struct` that have a label, in its order."""
    hints = get_type_hints(struct, include_extras=True)
    found = []
    for field in msgspec.structs.fields(struct):
        hint = hints[field.name]
        if (label := label_of(hint)) is not None:
            found.append(
                FormField(
                    field.name, label.text, label.hint, _kind_of(hint), _is_required(field, hint), _limit_of(hint)
                )
            )
    return tuple(found)


def _kind_of(hint: Any) -> str:
    kinds = kinds_of(hint)
    if bool in kinds:
        return "checkbox"
    if date in kinds:
        return "date"
    if int in kinds or float in kinds:
        return "number"
    if TextKind.TEXT in text_kinds_of(hint):
        return "lines"
    return "code" if TextKind.CODE in text_kinds_of(hint) else "text"


def _is_required(field: Any, hint: Any) -> bool:
    """A number with a default is shown with it, and may not be emptied."""
    return bool(field.required) or _kind_of(hint) == "number"


def _limit_of(hint: Any) -> int | None:
    metas = [each for each in getattr(hint, "__metadata__", ()) if isinstance(each, msgspec.Meta)]
    limits = [each.max_length for each in metas if each.max_length is not None]
    return limits[0] if limits else next((_limit_of(each) for each in get_args(hint)[:1] if each is not str), None)

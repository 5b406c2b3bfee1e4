"""A case as a form says it: its fields, and those of up to three media, which bear the medium's number."""

from typing import Any, Final
from uuid import UUID

from app.platform.kernel.errors import Invalid
from app.platform.web.form_fields import FormField, fields_of
from app.platform.web.form_values import FormValues
from billing.data_recovery.schemas import MediumWrite, RecoveryCaseCreate

PLACES: Final = (1, 2, 3)
"""More media than these come in by the API, or as a case of their own."""
_SHOWN: Final = ("wanted", "giver_name", "giver_phone", "consents", "consent_remark")
MEDIUM_FIELDS: Final = fields_of(MediumWrite)


def case_fields() -> list[FormField]:
    """The fields of the case itself that are typed."""
    return [each for each in fields_of(RecoveryCaseCreate) if each.name in _SHOWN]


def case_of(form: FormValues, **known: Any) -> RecoveryCaseCreate:
    """
    Raises:
        Invalid: with the fields at fault, those of a medium with its number.
    """
    media, refused = list[MediumWrite](), dict[str, str]()
    for place in PLACES:
        typed = FormValues({field.name: form[f"{field.name}_{place}"] for field in MEDIUM_FIELDS})
        if place > 1 and not any(typed[field.name].strip() for field in MEDIUM_FIELDS):
            continue
        try:
            media.append(typed.read(MediumWrite))
        except Invalid as error:
            refused |= {f"{name}_{place}": text for name, text in (error.fields or {}).items()}
    try:
        made = form.read(RecoveryCaseCreate, media=media or [_PLACEHOLDER], **known)
    except Invalid as error:
        raise Invalid(fields={**(error.fields or {}), **refused}) from error
    if refused:
        raise Invalid(fields=refused)
    return made


_PLACEHOLDER: Final = MediumWrite(kind="-", serial="-", condition="-")
"""Stands for media that were refused, so that the case's own faults are told with theirs."""


def id_of(form: FormValues, name: str) -> UUID | None:
    """A chosen record; None where none was."""
    try:
        return UUID(form[name])
    except ValueError:
        return None

"""The desk's forms: submitted values as text, and their conversion to the structs of the services."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from litestar import Request

from app.kernel.errors import DomainError, Invalid
from app.kernel.texts import N_, Translator

Values = Mapping[str, str]
Read = TypeVar("Read")

MISSING = N_("请填写。")
LONGEST_NIGHT = timedelta(hours=12)
"""The longest visit that may end after midnight; a longer one is refused as a typing error."""
UNUSABLE = N_("这一项不合要求，请改正。")
CHOOSE = N_("请选择。")
_PATH = re.compile(r"\$\.(\w+)")


class Problem(msgspec.Struct, frozen=True):
    """The errors of a form in the reader's language: a sentence for the form, a text for each invalid field."""

    text: str = ""
    fields: dict[str, str] = {}

    @classmethod
    def of(cls, error: DomainError, translate: Translator) -> "Problem":
        return cls(
            translate(error.text, **error.parameters),
            {field: translate(text) for field, text in error.fields.items()},
        )


async def typed(request: Request[Any, Any, Any]) -> dict[str, str]:
    """All text fields of the form, unchanged; of several with the same name the last."""
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


def built(kind: type[Read], values: Mapping[str, Any]) -> Read:
    """`values` converted to the struct `kind`.

    Raises:
        Invalid: with the first invalid field.
    """
    try:
        return msgspec.convert(values, kind, strict=False)
    except msgspec.ValidationError as error:
        found = _PATH.search(str(error))
        field = found[1] if found else ""
        raise Invalid(fields={field: UNUSABLE if values.get(field) else MISSING}) from error


def severity(values: Values) -> dict[str, str]:
    """Impact and urgency of the chosen cell of the priority matrix (`impact:urgency`)."""
    impact, _, urgency = values.get("severity", "").partition(":")
    if not impact or not urgency:
        raise Invalid(fields={"severity": CHOOSE})
    return {"impact": impact, "urgency": urgency}


def window(values: Values, zone: str) -> tuple[datetime, datetime]:
    """The visit's time window from a day and two local times in `zone`.

    An end before the start means the next day, up to `LONGEST_NIGHT`.

    Raises:
        Invalid: with the field that is no date or time.
    """
    parts: dict[str, Any] = {}
    for field, kind in (("day", date), ("from", time), ("until", time)):
        try:
            parts[field] = kind.fromisoformat(values.get(field, ""))
        except ValueError as error:
            raise Invalid(fields={field: UNUSABLE if values.get(field) else MISSING}) from error
    here = ZoneInfo(zone)
    start = datetime.combine(parts["day"], parts["from"], here)
    end = datetime.combine(parts["day"], parts["until"], here)
    next_morning = end + timedelta(days=1)
    return start, next_morning if end < start and next_morning - start <= LONGEST_NIGHT else end


def window_values(start: datetime, end: datetime, zone: str) -> dict[str, str]:
    """The form values of a time window in `zone`."""
    here = ZoneInfo(zone)
    return {
        "day": start.astimezone(here).date().isoformat(),
        "from": f"{start.astimezone(here):%H:%M}",
        "until": f"{end.astimezone(here):%H:%M}",
    }


def id_or_none(text: str | None) -> UUID | None:
    """An id from an address or a form; None for anything else."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None

"""Reading the desk's forms: what was typed, kept as typed, and brought into the structs of the services."""

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
"""The longest visit that is taken to go on past midnight; a longer one is a slip of the hand."""
UNUSABLE = N_("这一项不合要求，请改正。")
CHOOSE = N_("请选择。")
_PATH = re.compile(r"\$\.(\w+)")


class Problem(msgspec.Struct, frozen=True):
    """What is wrong with a form, in the reader's language: the sentence, and a word for each field at fault."""

    text: str = ""
    fields: dict[str, str] = {}

    @classmethod
    def of(cls, error: DomainError, translate: Translator) -> "Problem":
        return cls(
            translate(error.text, **error.parameters),
            {field: translate(text) for field, text in error.fields.items()},
        )


async def typed(request: Request[Any, Any, Any]) -> dict[str, str]:
    """Every field of the form as it was typed; of several with one name the last."""
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


def built(kind: type[Read], values: Mapping[str, Any]) -> Read:
    """`values` as a struct.

    Raises:
        Invalid: naming the first field at fault.
    """
    try:
        return msgspec.convert(values, kind, strict=False)
    except msgspec.ValidationError as error:
        found = _PATH.search(str(error))
        field = found[1] if found else ""
        raise Invalid(fields={field: UNUSABLE if values.get(field) else MISSING}) from error


def severity(values: Values) -> dict[str, str]:
    """Impact and urgency from the one cell of the matrix that was chosen."""
    impact, _, urgency = values.get("severity", "").partition(":")
    if not impact or not urgency:
        raise Invalid(fields={"severity": CHOOSE})
    return {"impact": impact, "urgency": urgency}


def window(values: Values, zone: str) -> tuple[datetime, datetime]:
    """The visit's window from a day and two times on the clocks of `zone`; one that ends before it begins goes on past
    midnight, unless it would be longer than a night.

    Raises:
        Invalid: naming the field that is no date or time.
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
    """The same window as the form shows it."""
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

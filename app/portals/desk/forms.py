"""The desk's forms: submitted values as text, and their conversion to the structs of the services."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from app.platform.kernel.errors import Invalid
from app.platform.kernel.texts import N_

Read = TypeVar("Read")

REQUIRED_TEXT = N_("请填写。")
LONGEST_OVERNIGHT_VISIT = timedelta(hours=12)
"""The longest visit that may end after midnight; a longer one is refused as a typing error."""
INVALID_TEXT = N_("这一项不合要求，请改正。")
CHOOSE_TEXT = N_("请选择。")
_PATH = re.compile(r"\$\.(\w+)")


def to_struct(kind: type[Read], values: Mapping[str, Any]) -> Read:
    """`values` converted to the struct `kind`.

    Raises:
        Invalid: with the first invalid field.
    """
    try:
        return msgspec.convert(values, kind, strict=False)
    except msgspec.ValidationError as error:
        found = _PATH.search(str(error))
        field = found[1] if found else ""
        raise Invalid(fields={field: INVALID_TEXT if values.get(field) else REQUIRED_TEXT}) from error


def severity(values: Mapping[str, str]) -> dict[str, str]:
    """Impact and urgency of the chosen cell of the priority matrix (`impact:urgency`)."""
    impact, _, urgency = values.get("severity", "").partition(":")
    if not impact or not urgency:
        raise Invalid(fields={"severity": CHOOSE_TEXT})
    return {"impact": impact, "urgency": urgency}


def visit_window(values: Mapping[str, str], zone: str) -> tuple[datetime, datetime]:
    """The visit's time window from a day and two local times in `zone`.

    An end before the start means the next day, up to `LONGEST_OVERNIGHT_VISIT`.

    Raises:
        Invalid: with the field that is no date or time.
    """
    fields: dict[str, Any] = {}
    for field, kind in (("day", date), ("from", time), ("until", time)):
        try:
            fields[field] = kind.fromisoformat(values.get(field, ""))
        except ValueError as error:
            raise Invalid(fields={field: INVALID_TEXT if values.get(field) else REQUIRED_TEXT}) from error
    here = ZoneInfo(zone)
    start = datetime.combine(fields["day"], fields["from"], here)
    end = datetime.combine(fields["day"], fields["until"], here)
    next_morning = end + timedelta(days=1)
    return start, next_morning if end < start and next_morning - start <= LONGEST_OVERNIGHT_VISIT else end


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

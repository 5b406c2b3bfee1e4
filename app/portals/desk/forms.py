"""What the desk's forms say of severity and time windows, beyond the fields of one struct."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.platform.kernel.errors import Invalid
from app.platform.web.form_values import CHOOSE, NOT_ACCEPTED, REQUIRED

LONGEST_OVERNIGHT_VISIT = timedelta(hours=12)
"""The longest visit that may end after midnight; a longer one is refused as a typing error."""


def severity(values: Mapping[str, str]) -> dict[str, str]:
    """Impact and urgency of the chosen cell of the priority matrix (`impact:urgency`)."""
    impact, _, urgency = values.get("severity", "").partition(":")
    if not impact or not urgency:
        raise Invalid(fields={"severity": CHOOSE})
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
            raise Invalid(fields={field: NOT_ACCEPTED if values.get(field) else REQUIRED}) from error
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

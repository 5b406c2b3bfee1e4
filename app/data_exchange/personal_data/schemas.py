"""Request and response structs of the personal-data area. Times are UTC."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec

from app.platform.kernel.input_text import TEXT, Input


class ErasureCreate(Input, frozen=True, forbid_unknown_fields=True):
    """The reason for an erasure, such as the date of the person's request."""

    reason: Annotated[str, TEXT, msgspec.Meta(min_length=1, max_length=300)]


class PersonalDataRequestView(msgspec.Struct, frozen=True):
    """One request. `result`: changed rows by table, and the tables kept by law."""

    id: UUID
    employee_id: UUID
    kind: str
    state: str
    reason: str
    requested_by_name: str
    requested_at: datetime
    done_at: datetime | None
    result: dict[str, Any]


class PersonalData(msgspec.Struct, frozen=True):
    """All stored data of one employee. Each list holds rows by column name; `further` holds other lists by heading."""

    exported_at: datetime
    kept_by: str
    employee: dict[str, Any]
    devices_held: list[dict[str, Any]]
    reports: list[dict[str, Any]]
    words: list[dict[str, Any]]
    ratings: list[dict[str, Any]]
    consents: list[dict[str, Any]]
    signed_reports: list[dict[str, Any]]
    messages: list[dict[str, Any]]
    sign_ins: list[dict[str, Any]]
    requests: list[dict[str, Any]]
    further: dict[str, list[dict[str, Any]]]

"""Request and response structs of the personal-data area. Times are UTC."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec

from app.data_exchange.personal_data.states import ClientErasureState
from app.platform.kernel.input_text import LINE, TEXT, Input, Label
from app.platform.kernel.texts import N_


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


class ClientErasureCreate(Input, frozen=True, forbid_unknown_fields=True):
    """Why a client's company is to be forgotten; `short_name` is the client's, written once more."""

    reason: Annotated[
        str,
        TEXT,
        msgspec.Meta(min_length=1, max_length=300),
        Label(N_("原因"), N_("请写明原因，例如合同终止和书面申请的日期。")),
    ]
    short_name: Annotated[
        str, LINE, msgspec.Meta(min_length=1, max_length=40), Label(N_("客户简称"), N_("请照写客户的简称。"))
    ]


class OpenMatterView(msgspec.Struct, frozen=True):
    """Something that has to end first: of which table, in words, how many. `href` is the page, for who may open it."""

    record: str
    label: str
    count: int
    href: str = ""


class ClientErasureView(msgspec.Struct, frozen=True):
    """One request. `result`: what stood in the way (`open`), or rows by table (`changed`), what stays with the reason
    (`kept`), and how many people were erased (`people`)."""

    id: UUID
    client_id: UUID
    state: ClientErasureState
    reason: str
    requested_by_name: str
    requested_at: datetime
    done_at: datetime | None
    result: dict[str, Any]


class ClientErasureStanding(msgspec.Struct, frozen=True):
    """Whether a client's company can be forgotten, and what was asked before, newest first."""

    open_matters: list[OpenMatterView]
    erased_at: datetime | None
    requests: list[ClientErasureView]

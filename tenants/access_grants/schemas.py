"""What goes into and comes out of access grants."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

import msgspec

from app.platform.kernel.input_text import TEXT, Input, Label
from app.platform.kernel.texts import N_
from tenants.access_grants.models import AccessGrant

MOST_HOURS = 168
"""Seven days [N8]."""


class RecordKind(StrEnum):
    """What can be opened."""

    TICKET = "ticket"
    DEVICE = "device"


Hours = Annotated[int, msgspec.Meta(ge=1, le=MOST_HOURS)]
Reason = Annotated[str, TEXT, msgspec.Meta(min_length=2, max_length=1000)]


class AccessGrantCreate(Input, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ask for access, or with `emergency` take it at once: the partner's owners are notified either way."""

    partner_id: Annotated[UUID, Label(N_("服务商"), N_("请选择服务商。"))]
    reason: Annotated[Reason, Label(N_("原因"), N_("请写明原因，对方会看到。"))]
    record_kinds: Annotated[
        list[RecordKind],
        msgspec.Meta(min_length=1, max_length=2),
        Label(N_("哪些记录"), N_("请至少选一类记录。")),
    ]
    hours: Hours
    emergency: bool = False


class AccessConsent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Consent for at most `hours`; `client_id` limits it to one client."""

    version: int
    hours: Hours
    client_id: UUID | None = None


class AccessAnswer(Input, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Declines a request or ends a grant; `version` is the one that was read."""

    version: int
    reason: Annotated[str, TEXT, msgspec.Meta(max_length=1000)] = ""


class AccessGrantView(msgspec.Struct, frozen=True, kw_only=True):
    """A grant as one side sees it."""

    id: UUID
    partner_id: UUID
    partner_name: str
    requested_by: UUID
    requested_by_name: str
    reason: str
    record_kinds: list[str]
    hours: int
    emergency: bool
    client_id: UUID | None
    state: str
    requested_at: datetime
    decided_by_name: str
    decided_at: datetime | None
    decision: str
    expires_at: datetime
    ended_at: datetime | None
    version: int

    @classmethod
    def of(cls, row: AccessGrant) -> Self:
        shown = (name for name in cls.__struct_fields__ if name != "version")
        return cls(**{name: getattr(row, name) for name in shown}, version=row.state_revision)


class PartnerChoice(msgspec.Struct, frozen=True):
    """A partner that can be asked."""

    id: UUID
    name: str

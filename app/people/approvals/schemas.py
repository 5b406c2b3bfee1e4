"""What goes into and comes out of approvals. Times are UTC, amounts minor units of their currency."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from app.platform.kernel.input_text import TEXT, Input, Label
from app.platform.kernel.texts import N_
from billing.money import Money


class Verdict(StrEnum):
    """What whoever decides may say."""

    APPROVE = "approve"
    DECLINE = "decline"


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Up to which amount each role decides alone (None: any); roles that are not named decide nothing. Above
    `second_above` a second person is needed, whoever the first is."""

    by_role: Mapping[str, int | None] = msgspec.field(default_factory=dict)
    second_above: int | None = None


class Fact(msgspec.Struct, frozen=True):
    """One line of what is decided. `label` is a source text, and so is `value` where `is_text`."""

    label: str
    value: str
    is_text: bool = False


class Part(msgspec.Struct, frozen=True):
    """One part of what is decided, that can be approved without the others; in the words that people wrote."""

    id: UUID
    label: str
    value: str


class Requester(msgspec.Struct, frozen=True):
    """Whoever asks, where it is not the actor at work. The account tells a person of two companies."""

    membership_id: UUID | None
    account_id: UUID | None
    name: str


class ApprovalRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked. `title` is a source text with `parameters`; `client_id` names the client whose people decide."""

    subject_id: UUID
    title: str
    parameters: Mapping[str, str] = msgspec.field(default_factory=dict)
    facts: tuple[Fact, ...] = ()
    expires_at: datetime
    requester: Requester | None = None
    amount: Money | None = None
    limits: Limits = Limits()
    client_id: UUID | None = None


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """How an approval ended, for the record's area. `terms` are what the area's own page let the decider add."""

    approval_id: UUID
    subject_id: UUID
    state: str
    decided_by_name: str
    reason: str
    terms: Any = None


class LinkRecipient(msgspec.Struct, frozen=True):
    """A person without an account, who is to decide."""

    name: str
    email: str
    language: str = "zh-CN"


class DecisionInput(Input, frozen=True, forbid_unknown_fields=True):
    """Why, in the decider's words."""

    reason: Annotated[str, TEXT, Meta(max_length=1000), Label(N_("说明"))] = ""


class ApprovalView(msgspec.Struct, frozen=True, kw_only=True):
    """An approval as it is read. `title` and `facts` are in the reader's language."""

    id: UUID
    subject_kind: str
    subject_label: str
    subject_id: UUID
    title: str
    facts: list[Fact]
    amount_minor: int | None
    currency: str
    state: str
    requested_by_name: str
    requested_at: datetime
    expires_at: datetime
    first_decided_by_name: str
    decided_by_name: str
    decided_at: datetime | None
    reason: str
    page: str

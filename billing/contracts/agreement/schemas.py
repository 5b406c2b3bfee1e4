"""Structs of offers and agreements. Days are days of the contract's zone, times are UTC."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec

from app.platform.kernel.input_text import CODE, LINE, SECRET, TEXT, Input, Label
from app.platform.kernel.texts import N_
from billing.contracts.states import ContractState, MilestoneState

ANSWER_DAYS = 30
"""In how many days the client answers, where nothing else is said."""


class ContractOfferCreate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Put the draft before the client, to be answered in so many days. `version` is the contract's that was read."""

    version: int
    answer_days: Annotated[int, msgspec.Meta(ge=1, le=180), Label(N_("客户在几天内答复"))] = ANSWER_DAYS


class OfferLinkCreate(Input, frozen=True, forbid_unknown_fields=True):
    """A person of the client's without an account, who is to answer."""

    name: Annotated[str, LINE, msgspec.Meta(min_length=1, max_length=80), Label(N_("姓名"))]
    email: Annotated[str, CODE, msgspec.Meta(min_length=3, max_length=254), Label(N_("邮箱"))]


class OfferAnswer(Input, frozen=True, forbid_unknown_fields=True):
    """Yes or no to exactly the paper whose hash was shown; a no says why."""

    content_hash: Annotated[str, SECRET, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    accept: bool
    reason: Annotated[str, TEXT, msgspec.Meta(max_length=1_000), Label(N_("原因"))] = ""


class MilestoneAnswer(Input, frozen=True, forbid_unknown_fields=True):
    """Whether exactly what was shown as reported is accepted; a no says what is missing."""

    content_hash: Annotated[str, SECRET, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    accept: bool
    reason: Annotated[str, TEXT, msgspec.Meta(max_length=1_000), Label(N_("还差什么"))] = ""


class NamedWords(msgspec.Struct, frozen=True):
    """One line of what was agreed, in the reader's language."""

    name: str
    words: str


class ServiceWords(msgspec.Struct, frozen=True):
    """One service in words: what it costs, what it covers, which devices it lists."""

    name: str
    kind: str
    prices: list[NamedWords]
    covers: list[NamedWords]
    devices: list[str]


class ContractWords(msgspec.Struct, frozen=True, kw_only=True):
    """A contract in words."""

    terms: list[NamedWords]
    services: list[ServiceWords]
    promises: list[NamedWords]
    hours: list[NamedWords]


class PaperView(msgspec.Struct, frozen=True, kw_only=True):
    """A paper of a contract. `accepted_by` and `how` are empty for one that was only offered."""

    id: UUID
    contract_id: UUID
    version_id: UUID
    number: str
    edition: int
    version_number: int
    effective_from: date
    made_at: datetime
    content_hash: str
    answer_until: datetime | None = None
    accepted_by: str = ""
    accepted_at: datetime | None = None
    how: str = ""


class PrepaidBalance(msgspec.Struct, frozen=True, kw_only=True):
    """What is left of one prepaid service: minutes or visits (`unit`), of those bought that may still be used. `low`: a
    fifth or less."""

    line_name: str
    unit: str
    left: int
    quantity: int
    expires_on: date
    """Of the block that lapses first: the first day on which it may not be used any more."""
    low: bool


class MilestoneStanding(msgspec.Struct, frozen=True, kw_only=True):
    """Where a part of a project stands. `report_hash` is what an answer names; empty while nothing waits for one."""

    id: UUID
    name: str
    state: MilestoneState
    reported_on: date | None
    report: str
    report_hash: str
    accepted_on: date | None
    accepted_by: str
    accepted_at: datetime | None
    decline_reason: str
    """What was missing when it was reported last and not accepted."""


class ContractStandingView(msgspec.Struct, frozen=True, kw_only=True):
    """A contract in a client's list. `answer_until`: something waits for an answer until then."""

    contract_id: UUID
    number: str
    title: str
    state: ContractState
    from_day: date
    until_day: date
    """The first day after it."""
    answer_until: datetime | None


class ClientContractView(msgspec.Struct, frozen=True, kw_only=True):
    """One contract for the client: what waits for an answer, what was agreed, all papers, balances and milestones."""

    standing: ContractStandingView
    offer: PaperView | None
    offered: ContractWords | None
    agreed: ContractWords | None
    papers: list[PaperView]
    balances: list[PrepaidBalance]
    milestones: list[MilestoneStanding]

"""Structs of contracts. Days are days of the contract's zone; a range's last field is its last day."""

from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID

import msgspec

from app.platform.kernel.errors import Invalid
from app.platform.kernel.input_text import LINE, Input, Label
from app.platform.kernel.texts import N_
from billing.contracts.models import REASON_LENGTH, TITLE_LENGTH
from billing.contracts.states import ContractState, MilestoneState, VersionState
from billing.contracts.template_terms import ContractTemplate
from billing.terms import Terms
from billing.terms.problems import FIRST_YEAR, LAST_YEAR

Title = Annotated[str, LINE, msgspec.Meta(min_length=1, max_length=TITLE_LENGTH), Label(N_("合同名称"))]
Reason = Annotated[str, LINE, msgspec.Meta(min_length=1, max_length=REASON_LENGTH), Label(N_("原因"))]
PersonName = Annotated[str, LINE, msgspec.Meta(min_length=1, max_length=80)]


class ContractCreate(Input, frozen=True, forbid_unknown_fields=True):
    """A draft: with `terms`, or with those of a template from `first_day` on (left out: the next month's first)."""

    client_id: Annotated[UUID, Label(N_("客户"))]
    title: Title
    template: ContractTemplate = ContractTemplate.RETAINER
    first_day: Annotated[date | None, Label(N_("开始日期"))] = None
    terms: Terms | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.first_day is not None and not FIRST_YEAR <= self.first_day.year < LAST_YEAR:
            raise Invalid(fields={"first_day": N_("合同期要在 2000 年到 2100 年之间。")})


class ContractTermsWrite(Input, frozen=True, forbid_unknown_fields=True):
    """What a draft is to say. `version` is the contract's that was read."""

    title: Title
    terms: Terms
    version: int


class ContractStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A step that needs no words. `version` is the contract's that was read."""

    version: int


class ContractAcceptance(Input, frozen=True, forbid_unknown_fields=True):
    """Who accepted for the client, on paper."""

    accepted_by: Annotated[PersonName, Label(N_("客户签字人"))]
    version: int


class ContractReturn(Input, frozen=True, forbid_unknown_fields=True):
    """Why an offer is taken back; `declined`: because the client said no."""

    reason: Annotated[str, LINE, msgspec.Meta(max_length=REASON_LENGTH), Label(N_("原因"))] = ""
    declined: Annotated[bool, Label(N_("客户没有接受"))] = False
    version: int = 0


class ContractAmend(Input, frozen=True, forbid_unknown_fields=True):
    """From which day on something else is to hold, and why."""

    effective_from: Annotated[date, Label(N_("变更生效日期"))]
    reason: Annotated[Reason, Label(N_("变更原因"))]
    version: int


class ContractSuspend(Input, frozen=True, forbid_unknown_fields=True):
    """Why the contract rests from today on."""

    reason: Annotated[Reason, Label(N_("暂停原因"))]
    version: int


class ContractEnd(Input, frozen=True, forbid_unknown_fields=True):
    """The last day on which the contract holds, and why it ends then."""

    last_day: Annotated[date, Label(N_("最后一天"))]
    reason: Annotated[Reason, Label(N_("结束原因"))]
    version: int


class PrepaidPurchase(Input, frozen=True, forbid_unknown_fields=True):
    """One more block of a prepaid line, from `day` on."""

    line_key: Annotated[str, LINE, msgspec.Meta(min_length=1, max_length=40), Label(N_("服务"))]
    day: Annotated[date, Label(N_("购买日期"))]


class MilestoneReport(Input, frozen=True, forbid_unknown_fields=True):
    """That a milestone is reached, in words."""

    report: Annotated[str, LINE, msgspec.Meta(max_length=REASON_LENGTH), Label(N_("完成情况"))] = ""
    version: int = 0


class MilestoneAcceptance(Input, frozen=True, forbid_unknown_fields=True):
    """Who accepted the milestone for the client, and when."""

    accepted_by: Annotated[PersonName, Label(N_("客户验收人"))]
    accepted_on: Annotated[date, Label(N_("验收日期"))]
    version: int = 0


class ContractView(msgspec.Struct, frozen=True, kw_only=True):
    """A contract."""

    id: UUID
    client_id: UUID
    client_name: str
    number: str | None
    former_number: str
    title: str
    state: ContractState
    time_zone: str
    current_version_id: UUID
    from_day: date
    until_day: date
    """The first day after it."""
    notice_given_on: date | None
    end_reason: str
    created_at: datetime
    created_by: str
    version: int

    @property
    def last_day(self) -> date:
        """The last day on which it holds."""
        return self.until_day - timedelta(days=1)


class ContractVersionView(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a contract. It holds from `effective_from` until `until_day`, or until the contract's end."""

    id: UUID
    contract_id: UUID
    number: int
    state: VersionState
    effective_from: date
    until_day: date | None
    terms: Terms
    digest: str
    reason: str
    accepted_by: str
    accepted_at: datetime | None
    created_at: datetime
    created_by: str


class ContractProblemView(msgspec.Struct, frozen=True):
    """What is to be put right, at its field."""

    field: str
    text: str


class ContractDateView(msgspec.Struct, frozen=True):
    """A day on which something falls due."""

    kind: str
    day: date
    done_at: datetime | None


class PrepaidBlockView(msgspec.Struct, frozen=True):
    """Minutes or visits bought ahead."""

    id: UUID
    line_key: str
    line_name: str
    unit: str
    quantity: int
    left: int
    bought_on: date
    expires_on: date


class MilestoneView(msgspec.Struct, frozen=True):
    """A part of a project."""

    id: UUID
    contract_id: UUID
    line_key: str
    name: str
    state: MilestoneState
    reported_on: date | None
    reported_by: str
    report: str
    report_hash: str
    accepted_on: date | None
    accepted_by: str
    accepted_at: datetime | None
    accepted_how: str
    decline_reason: str
    declined_by: str
    version: int

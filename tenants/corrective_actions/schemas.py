"""What goes into and comes out of corrective actions. Times are UTC; dates are headquarters' (Asia/Shanghai).

Values and limits are percent, or points of the score from 1 to 5.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from app.platform.kernel.input_text import TEXT, Input, Label
from app.platform.kernel.texts import N_
from tenants.partner_metrics import Measure

LongText = Annotated[str, TEXT, Meta(min_length=1, max_length=2_000)]
Limit = Annotated[float, Meta(ge=0, le=100)]
Version = Annotated[int, Meta(ge=1)]


class Comparison(StrEnum):
    """The side of the limit on which a value is bad."""

    BELOW = "below"
    ABOVE = "above"


class ThresholdCreate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A measure that must not be below (or above) `limit` in `months` months in a row."""

    measure: Annotated[Measure, Label(N_("指标"))]
    comparison: Annotated[Comparison, Label(N_("不达标是"))]
    limit: Annotated[Limit, Label(N_("界限（百分比，满意度为分）"))]
    fewest_cases: Annotated[int, Meta(ge=1, le=100_000), Label(N_("每月至少几件"))] = 10
    months: Annotated[int, Meta(ge=1, le=12), Label(N_("连续几个月"))] = 1
    due_days: Annotated[int, Meta(ge=1, le=180), Label(N_("几天内完成"))] = 14
    recheck_days: Annotated[int, Meta(ge=1, le=180), Label(N_("完成期限后几天复查"))] = 35


class Threshold(msgspec.Struct, frozen=True, kw_only=True):
    """A threshold as it stands."""

    id: UUID
    measure: str
    comparison: str
    limit: float
    fewest_cases: int
    months: int
    due_days: int
    recheck_days: int
    active: bool
    created_at: datetime
    created_by: str
    version: int


class ActionLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of an action's history. `side` is hq or partner."""

    occurred_at: datetime
    kind: str
    side: str
    actor_name: str
    text: str


class ActionSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One action in a list. `overdue` is true while its measures are not done after the due date."""

    id: UUID
    number: str
    partner_id: UUID
    partner_name: str
    measure: str
    comparison: str
    limit: float
    value: float
    month: date
    state: str
    owner_name: str
    opened_at: datetime
    due_on: date
    recheck_on: date
    overdue: bool


class Action(ActionSummary, frozen=True, kw_only=True):
    """One action whole. `moves` are what the reader's side may do now."""

    fewest_cases: int
    months: int
    cases: int
    round: int
    owner_membership_id: UUID | None
    cause: str
    planned_measures: str
    rechecked_at: datetime | None
    recheck_month: date | None
    recheck_value: float | None
    recheck_cases: int | None
    moves: list[str]
    lines: list[ActionLine]
    version: int


class Plan(Input, frozen=True, forbid_unknown_fields=True):
    """Why it happened and what will be done about it."""

    cause: LongText
    planned_measures: LongText


class Progress(Input, frozen=True, forbid_unknown_fields=True):
    """A text on the progress."""

    text: LongText


class Cancellation(Input, frozen=True, forbid_unknown_fields=True):
    """Why the action is not needed."""

    reason: LongText


class OwnerChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who of the partner's people answers for it."""

    membership_id: UUID


class Dates(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When the measures are to be done, and when headquarters looks again."""

    due_on: date
    recheck_on: date


class ActionCreate(Input, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Headquarters asks for a correction by hand. The month's value is taken from the roll-ups, not from whoever asks.

    `month` is any day of it; `limit` is what the re-check will judge by; `reason` are words to the partner.
    """

    partner_id: UUID
    measure: Measure
    month: date
    limit: Limit
    due_on: date
    recheck_on: date
    reason: Annotated[str, TEXT, Meta(max_length=2_000)] = ""


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """What an action about this figure would begin with."""

    partner_id: UUID
    partner_name: str
    measure: Measure
    comparison: str
    month: date
    value: float
    network_value: float | None
    cases: int
    limit: float
    due_on: date
    recheck_on: date


class LetterCreate(Input, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Headquarters writes to a partner's owners about one figure; `month` is any day of it."""

    measure: Measure
    month: date
    text: LongText


class LetterWritten(msgspec.Struct, frozen=True, kw_only=True):
    """A letter on its way."""

    partner_id: UUID
    measure: Measure
    month: date
    value: float
    written_at: datetime


class Candidate(msgspec.Struct, frozen=True):
    """One of the partner's people who may be chosen as owner."""

    membership_id: UUID
    name: str

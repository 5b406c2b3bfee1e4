"""Thresholds of quality and the corrective actions that they open (N7).

An action is two mirrored rows with one id, one in headquarters' tenant and one in the partner's, kept in step by outbox
events. The rows hold the action's own snapshot and nothing else of either tenant.
"""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.background.mirrors import Mirror, MirroredLines, MirroredModel
from app.platform.kernel.actor import HQ_TENANT_ID
from app.platform.kernel.model import Isolation, TenantModel, tenant_foreign_key, tenant_index, tenant_unique
from tenants.corrective_actions.events import CorrectiveActionChanged
from tenants.corrective_actions.lifecycle import CORRECTIVE_ACTION

NUMBER_PREFIX = "CA"


class QualityThreshold(TenantModel):
    """When headquarters wants a correction: one measure below or above a limit, `months` months in a row, on at least
    `fewest_cases` cases each. Limits are hundredths of a percent, or of a point of the score."""

    __tablename__ = "quality_threshold"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (tenant_index("quality_threshold", "measure"),)

    measure: Mapped[str] = mapped_column(String(20))
    comparison: Mapped[str] = mapped_column(String(8))
    """below or above"""
    limit_hundredths: Mapped[int]
    fewest_cases: Mapped[int]
    months: Mapped[int] = mapped_column(SmallInteger)
    due_days: Mapped[int] = mapped_column(SmallInteger)
    """Days from the opening until the measures are to be done."""
    recheck_days: Mapped[int] = mapped_column(SmallInteger)
    """Days from the due date until the re-check."""
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(80))
    version: Mapped[int] = mapped_column(default=1)


class ThresholdBreach(TenantModel):
    """A partner that missed a threshold in a month: at most one row, so that a month is answered for once."""

    __tablename__ = "threshold_breach"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        tenant_unique("threshold_breach", "threshold_id", "partner_id", "month"),
        tenant_foreign_key("quality_threshold", "threshold_id"),
        tenant_foreign_key("corrective_action", "action_id"),
    )

    threshold_id: Mapped[UUID]
    partner_id: Mapped[UUID]
    month: Mapped[date]
    value_hundredths: Mapped[int]
    cases: Mapped[int]
    action_id: Mapped[UUID]
    found_at: Mapped[datetime]


class CorrectiveAction(MirroredModel):
    """One side's row of a corrective action: headquarters writes dates and results, the partner owner, cause and
    measures (`CORRECTIVE_ACTIONS`)."""

    __tablename__ = "corrective_action"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        tenant_unique("corrective_action", "number"),
        tenant_index("corrective_action", "state", "due_on"),
        tenant_index("corrective_action", "opened_at", "id"),
    )

    number: Mapped[str] = mapped_column(String(24))
    partner_id: Mapped[UUID]
    partner_name: Mapped[str] = mapped_column(String(120))
    threshold_id: Mapped[UUID | None]
    """None where headquarters opened it by hand and no threshold watches the measure."""
    measure: Mapped[str] = mapped_column(String(20))
    comparison: Mapped[str] = mapped_column(String(8))
    limit_hundredths: Mapped[int]
    fewest_cases: Mapped[int]
    month: Mapped[date]
    """The (last) month that missed the threshold."""
    months: Mapped[int] = mapped_column(SmallInteger)
    value_hundredths: Mapped[int]
    cases: Mapped[int]
    opened_at: Mapped[datetime]
    due_on: Mapped[date]
    recheck_on: Mapped[date]
    rechecked_at: Mapped[datetime | None]
    recheck_month: Mapped[date | None]
    recheck_value_hundredths: Mapped[int | None]
    recheck_cases: Mapped[int | None]
    round: Mapped[int] = mapped_column(SmallInteger, default=1)
    """How often it has been opened; 2 after the first re-check that found no effect."""

    owner_membership_id: Mapped[UUID | None]
    owner_name: Mapped[str] = mapped_column(String(80), default="")
    cause: Mapped[str] = mapped_column(Text, default="")
    planned_measures: Mapped[str] = mapped_column(Text, default="")

    @property
    def owner_tenant_id(self) -> UUID:
        return HQ_TENANT_ID

    @property
    def other_tenant_id(self) -> UUID:
        return self.partner_id


class CorrectiveActionLine(TenantModel):
    """One line of the action's history; both sides have the same lines under the same ids, never overwritten."""

    __tablename__ = "corrective_action_line"
    __isolation__ = Isolation.PROVIDER
    __append_only__ = True
    __table_args__ = (
        tenant_index("corrective_action_line", "action_id", "occurred_at"),
        tenant_foreign_key("corrective_action", "action_id"),
    )

    action_id: Mapped[UUID]
    occurred_at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(16))
    """opened, breached_again, owner, progress, due, or a move"""
    side: Mapped[str] = mapped_column(String(8))
    actor_name: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text, default="")


CORRECTIVE_ACTIONS: Final = Mirror(
    model=CorrectiveAction,
    machine=CORRECTIVE_ACTION,
    event=CorrectiveActionChanged,
    opening=(
        "number",
        "partner_id",
        "partner_name",
        "threshold_id",
        "measure",
        "comparison",
        "limit_hundredths",
        "fewest_cases",
        "month",
        "months",
        "value_hundredths",
        "cases",
        "opened_at",
    ),
    owner_fields=(
        "due_on",
        "recheck_on",
        "rechecked_at",
        "recheck_month",
        "recheck_value_hundredths",
        "recheck_cases",
        "round",
    ),
    other_fields=("owner_membership_id", "owner_name", "cause", "planned_measures"),
    lines=MirroredLines(CorrectiveActionLine, "action_id", ("occurred_at", "kind", "side", "actor_name", "text")),
)

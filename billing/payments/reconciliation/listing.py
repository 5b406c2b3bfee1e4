"""The list of findings."""

from typing import Any, Final

from sqlalchemy import ColumnElement, select

from app.platform.kernel.text_search import contains
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists import Column, Filter, Found, RecordList, Wanted, select_rows
from billing.payments.listing import yuan
from billing.payments.permissions import PaymentPermission
from billing.payments.reconciliation.fetching import PAGE
from billing.payments.reconciliation.models import ReconciliationFinding
from billing.payments.reconciliation.schemas import FindingView
from billing.payments.reconciliation.service import finding_view
from billing.payments.reconciliation.states import (
    KIND_NAMES,
    REASON_NAMES,
    STATE_NAMES,
    SUBJECT_NAMES,
    FindingKind,
    FindingState,
)

_ROWS: Final[Any] = select(ReconciliationFinding)


async def _findings(work: UnitOfWork, wanted: Wanted) -> Found[FindingView]:
    return [(finding_view(*row), value) for row, value in await select_rows(work, _ROWS, wanted)]


def finding_matches(word: str) -> ColumnElement[bool]:
    """Findings whose number at the provider holds the word."""
    return contains(word, ReconciliationFinding.subject_id)


def _figure(minor: int | None, currency: str) -> float | None:
    return None if minor is None else yuan(minor, currency)


FINDINGS: Final = RecordList(
    key="reconciliation",
    label=N_("对账差异"),
    base=PAGE,
    permission=PaymentPermission.PAYMENT_READ,
    record_kind="reconciliation_finding",
    id=ReconciliationFinding.id,
    title=ReconciliationFinding.subject_id,
    columns=(
        Column(key="kind", label=N_("差异"), names=KIND_NAMES, main=True),
        Column(key="day", label=N_("日期"), sort=ReconciliationFinding.day, falling=True, narrow=True),
        Column(key="subject", label=N_("关于"), names=SUBJECT_NAMES, narrow=True),
        Column(
            key="ours",
            label=N_("我们的账"),
            value=lambda finding: _figure(finding.ours, finding.currency),
            number=True,
        ),
        Column(
            key="theirs",
            label=N_("支付平台的账"),
            value=lambda finding: _figure(finding.theirs, finding.currency),
            number=True,
        ),
        Column(key="subject_id", label=N_("支付平台编号"), optional=True),
        Column(key="state", label=N_("状态"), names=STATE_NAMES, narrow=True),
        Column(key="reason", label=N_("原因"), names=REASON_NAMES, width=40, shown=False),
    ),
    sort="-day",
    rows=_findings,
    filters=(
        Filter(
            key="state",
            label=N_("全部"),
            names=STATE_NAMES,
            read=FindingState,
            condition=lambda state: ReconciliationFinding.state == state,
            as_tabs=True,
        ),
        Filter(
            key="kind",
            label=N_("全部差异"),
            names=KIND_NAMES,
            read=FindingKind,
            condition=lambda kind: ReconciliationFinding.kind == kind,
        ),
    ),
    matches=finding_matches,
    search_label=N_("支付平台编号"),
)

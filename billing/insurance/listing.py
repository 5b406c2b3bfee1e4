"""The list of policies."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from app.platform.kernel.text_search import contains
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists import Choices, Column, Filter, Found, RecordList, Wanted, select_rows
from billing.insurance.models import InsurancePolicy
from billing.insurance.permissions import InsurancePermission
from billing.insurance.schemas import PolicySummary
from billing.insurance.services.reading import POLICY_ROWS, summary_of
from billing.insurance.states import STATE_NAMES, PolicyState
from billing.money import Money
from billing.periods import CYCLE_NAMES

BASE: Final = "/workspace/insurance"
GROUPS: Final = {"draft": N_("草稿"), "over": N_("已结束")}
_OF_GROUP: Final = {"draft": (PolicyState.DRAFT,), "over": (PolicyState.ENDED, PolicyState.CANCELLED)}


async def _policies(work: UnitOfWork, wanted: Wanted) -> Found[PolicySummary]:
    return [(summary_of(row), value) for row, value in await select_rows(work, POLICY_ROWS, wanted)]


async def _clients(work: UnitOfWork, _: Mapping[str, str]) -> Choices:
    rows = await work.session.execute(
        select(InsurancePolicy.client_id, func.max(InsurancePolicy.client_name).label("name"))
        .group_by(InsurancePolicy.client_id)
        .order_by("name", InsurancePolicy.client_id)
    )
    return [(str(row.client_id), row.name) for row in rows]


def policy_matches(word: str) -> ColumnElement[bool]:
    """Policies whose number, product or client holds the word."""
    return contains(word, InsurancePolicy.number, InsurancePolicy.name, InsurancePolicy.client_name)


POLICIES: Final = RecordList(
    key="insurance",
    label=N_("设备保险"),
    base=BASE,
    permission=InsurancePermission.INSURANCE_POLICY_READ,
    record_kind="insurance_policy",
    id=InsurancePolicy.id,
    title=InsurancePolicy.number,
    columns=(
        Column(key="number", label=N_("保单"), sort=InsurancePolicy.number, main=True, narrow=True),
        Column(key="client_name", label=N_("客户"), sort=InsurancePolicy.client_name, width=30),
        Column(key="name", label=N_("保险产品"), width=24),
        Column(key="state", label=N_("状态"), names=STATE_NAMES, sort=InsurancePolicy.state, narrow=True),
        Column(key="devices", label=N_("设备"), number=True),
        Column(
            key="premium",
            label=N_("每期保费"),
            note=N_("（元）"),
            value=lambda policy: float(Money(policy.premium, policy.currency).value),
            number=True,
        ),
        Column(key="cycle", label=N_("缴费"), names=CYCLE_NAMES, narrow=True),
        Column(key="start_on", label=N_("起保日期"), sort=InsurancePolicy.start_on, narrow=True),
        Column(key="next_on", label=N_("下次续保"), sort=InsurancePolicy.next_on, nullable=True, narrow=True),
        Column(key="last_day", label=N_("最后一天"), sort=InsurancePolicy.last_day, nullable=True, shown=False),
        Column(key="created_at", label=N_("登记时间"), sort=InsurancePolicy.created_at, falling=True, shown=False),
    ),
    sort="-created_at",
    rows=_policies,
    filters=(
        Filter(
            key="group",
            label=N_("承保中"),
            names=GROUPS,
            condition=lambda group: InsurancePolicy.state.in_(_OF_GROUP[group]),
            otherwise=InsurancePolicy.state.in_((PolicyState.ACTIVE, PolicyState.ENDING)),
            as_tabs=True,
        ),
        Filter(
            key="client",
            label=N_("全部客户"),
            choices=_clients,
            read=UUID,
            condition=lambda client_id: InsurancePolicy.client_id == client_id,
        ),
    ),
    matches=policy_matches,
    search_label=N_("保单、产品或客户"),
)

"""Headquarters' list of applications to join the network."""

from typing import Any, Final

from sqlalchemy import ColumnElement, select, true

from app.platform.kernel.text_search import contains
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists import Column, Filter, Found, RecordList, Wanted, select_rows
from rbac import Permission
from tenants.partners.lifecycle import ApplicationState
from tenants.partners.models import PartnerApplication
from tenants.partners.schemas import ApplicationSummary
from tenants.partners.services.vetting import summaries_of

ALL: Final = "all"
APPLICATION_STATE_NAMES: Final = {
    ApplicationState.APPLIED: N_("审核中"),
    ApplicationState.APPROVED: N_("已通过"),
    ApplicationState.REJECTED: N_("未通过"),
}
_CHOICES: Final = {
    ApplicationState.APPROVED: APPLICATION_STATE_NAMES[ApplicationState.APPROVED],
    ApplicationState.REJECTED: APPLICATION_STATE_NAMES[ApplicationState.REJECTED],
    ALL: N_("全部"),
}


async def _rows(work: UnitOfWork, wanted: Wanted) -> Found[ApplicationSummary]:
    found = await select_rows(work, select(PartnerApplication), wanted)
    summaries = await summaries_of(work, [row for (row,), _ in found])
    return [(summary, value) for summary, (_, value) in zip(summaries, found, strict=True)]


def _in_state(state: str) -> ColumnElement[bool]:
    return true() if state == ALL else PartnerApplication.state == state


def _matches(word: str) -> Any:
    return contains(word, PartnerApplication.legal_name, PartnerApplication.number, PartnerApplication.credit_code)


APPLICATIONS: Final = RecordList(
    key="applications",
    label=N_("申请"),
    base="/hq/applications",
    permission=Permission.APPLICATION_READ,
    record_kind="partner_application",
    id=PartnerApplication.id,
    title=PartnerApplication.legal_name,
    columns=(
        Column(key="legal_name", label=N_("公司"), sort=PartnerApplication.legal_name, main=True, width=36),
        Column(key="number", label=N_("编号"), sort=PartnerApplication.number, shown=False, narrow=True),
        Column(key="state", label=N_("状态"), names=APPLICATION_STATE_NAMES, narrow=True),
        Column(key="city", label=N_("城市"), sort=PartnerApplication.city_code, narrow=True),
        Column(key="contact_name", label=N_("联系人"), narrow=True, optional=True),
        Column(
            key="submitted_at",
            label=N_("提交"),
            sort=PartnerApplication.submitted_at,
            falling=True,
            narrow=True,
            optional=True,
        ),
    ),
    sort="-submitted_at",
    rows=_rows,
    filters=(
        Filter(
            key="state",
            label=APPLICATION_STATE_NAMES[ApplicationState.APPLIED],
            names=_CHOICES,
            condition=_in_state,
            otherwise=PartnerApplication.state == ApplicationState.APPLIED,
        ),
        Filter(key="city", condition=lambda city: PartnerApplication.city_code == city),
    ),
    matches=_matches,
    search_label=N_("公司、编号或信用代码"),
)

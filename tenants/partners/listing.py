"""Headquarters' list of partners."""

from typing import Any, Final

import msgspec
from sqlalchemy import select

from app.platform.kernel.columns import columns_of
from app.platform.kernel.text_search import contains
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists import Column, Filter, Found, RecordList, Wanted, select_rows
from rbac import Permission
from tenants.partners.lifecycle import PartnerState
from tenants.partners.models import Partner
from tenants.partners.repository import serves
from tenants.partners.schemas import PartnerSummary
from tenants.partners.services.records import city_name

PARTNER_STATE_NAMES: Final = {
    PartnerState.APPROVED: N_("开通中"),
    PartnerState.TRIAL: N_("试用"),
    PartnerState.ACTIVE: N_("正式"),
    PartnerState.SUSPENDED: N_("暂停中"),
    PartnerState.TERMINATED: N_("已退出"),
    PartnerState.ERASING: N_("清除中"),
    PartnerState.ERASED: N_("已清除"),
}


async def _rows(work: UnitOfWork, wanted: Wanted) -> Found[PartnerSummary]:
    found = await select_rows(work, select(*columns_of(PartnerSummary, Partner, city=Partner.city_code)), wanted)
    return [(_with_city(PartnerSummary(*row)), value) for row, value in found]


def _with_city(partner: PartnerSummary) -> PartnerSummary:

    return msgspec.structs.replace(partner, city=city_name(partner.city_code))


def _matches(word: str) -> Any:
    return contains(word, Partner.name, Partner.slug)


PARTNERS: Final = RecordList(
    key="partners",
    label=N_("服务商"),
    base="/hq/partners",
    permission=Permission.PARTNER_READ,
    record_kind="partner",
    id=Partner.id,
    title=Partner.name,
    columns=(
        Column(key="name", label=N_("公司"), sort=Partner.name, main=True, width=36),
        Column(key="slug", label=N_("网址名称"), sort=Partner.slug, shown=False, narrow=True),
        Column(key="star_level", label=N_("星级"), sort=Partner.star_level, falling=True, narrow=True, width=8),
        Column(key="state", label=N_("状态"), names=PARTNER_STATE_NAMES, sort=Partner.state, narrow=True),
        Column(key="city", label=N_("城市"), sort=Partner.city_code, narrow=True),
        Column(
            key="authorised_at",
            label=N_("授权"),
            sort=Partner.authorised_at,
            falling=True,
            narrow=True,
            optional=True,
        ),
    ),
    sort="-authorised_at",
    rows=_rows,
    filters=(
        Filter(
            key="state", label=N_("全部状态"), names=PARTNER_STATE_NAMES, condition=lambda state: Partner.state == state
        ),
        Filter(key="city", condition=serves),
    ),
    matches=_matches,
    search_label=N_("公司或网址名称"),
)

"""The lists of weeks and bulletins."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, select

from app.assets.clients.models import Client
from app.desk.security.models import SecurityBulletin, SecurityWeek
from app.desk.security.permissions import SecurityPermission
from app.desk.security.schemas import SecurityBulletinSummary, SecurityWeekSummary
from app.desk.security.services.reading import BULLETIN_ROWS, WEEK_ROWS, bulletin_summary, week_summary
from app.desk.security.services.subscribers import subscribers
from app.desk.security.states import BULLETIN_STATE_NAMES, WEEK_STATE_NAMES
from app.platform.kernel.text_search import contains
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists import Choices, Column, Filter, Found, RecordList, Wanted, select_rows

BASE: Final = "/workspace/security"
BULLETIN_BASE: Final = f"{BASE}/bulletins"


async def _weeks(work: UnitOfWork, wanted: Wanted) -> Found[SecurityWeekSummary]:
    return [(week_summary(row[0], row[1]), value) for row, value in await select_rows(work, WEEK_ROWS, wanted)]


async def _bulletins(work: UnitOfWork, wanted: Wanted) -> Found[SecurityBulletinSummary]:
    return [(bulletin_summary(row[0], row[1]), value) for row, value in await select_rows(work, BULLETIN_ROWS, wanted)]


async def _clients(work: UnitOfWork, _: Mapping[str, str]) -> Choices:
    """Those who have the service, and those who had it."""
    had = select(SecurityWeek.client_id)
    rows = await work.session.execute(
        select(Client.id, Client.short_name)
        .where(Client.id.in_(had) | Client.id.in_(subscribers()))
        .order_by(Client.short_name, Client.id)
    )
    return [(str(row.id), row.short_name) for row in rows]


def client_matches(word: str) -> ColumnElement[bool]:
    """Records of clients whose name holds the word."""
    return contains(word, Client.short_name, Client.name)


WEEKS: Final = RecordList(
    key="security_weeks",
    label=N_("防病毒周报"),
    base=BASE,
    permission=SecurityPermission.SECURITY_WEEK_READ,
    record_kind="security_week",
    id=SecurityWeek.id,
    title=Client.short_name,
    columns=(
        Column(key="client_name", label=N_("客户"), sort=Client.short_name, main=True, width=30),
        Column(key="monday", label=N_("周（星期一）"), sort=SecurityWeek.monday, falling=True, narrow=True),
        Column(key="state", label=N_("状态"), names=WEEK_STATE_NAMES, sort=SecurityWeek.state, narrow=True),
        Column(key="coverage", label=N_("覆盖率"), note="%", number=True),
        Column(key="outdated", label=N_("库过期"), sort=SecurityWeek.outdated, number=True),
        Column(key="virus_events", label=N_("病毒事件"), sort=SecurityWeek.virus_events, number=True),
        Column(key="unpatched", label=N_("缺补丁"), sort=SecurityWeek.unpatched, number=True),
    ),
    sort="-monday",
    rows=_weeks,
    filters=(
        Filter(
            key="state",
            label=N_("全部"),
            names=WEEK_STATE_NAMES,
            condition=lambda state: SecurityWeek.state == state,
            as_tabs=True,
        ),
        Filter(
            key="client",
            label=N_("全部客户"),
            choices=_clients,
            read=UUID,
            condition=lambda client_id: SecurityWeek.client_id == client_id,
        ),
    ),
    matches=client_matches,
    search_label=N_("客户"),
)
BULLETINS: Final = RecordList(
    key="security_bulletins",
    label=N_("信息安全月报"),
    base=BULLETIN_BASE,
    permission=SecurityPermission.SECURITY_WEEK_READ,
    record_kind="security_bulletin",
    id=SecurityBulletin.id,
    title=Client.short_name,
    columns=(
        Column(key="client_name", label=N_("客户"), sort=Client.short_name, main=True, width=30),
        Column(
            key="month",
            label=N_("月份"),
            value=lambda bulletin: f"{bulletin.month:%Y-%m}",
            sort=SecurityBulletin.month,
            falling=True,
            narrow=True,
        ),
        Column(key="state", label=N_("状态"), names=BULLETIN_STATE_NAMES, sort=SecurityBulletin.state, narrow=True),
        Column(
            key="published_at",
            label=N_("发布时间"),
            sort=SecurityBulletin.published_at,
            nullable=True,
            falling=True,
            narrow=True,
        ),
    ),
    sort="-month",
    rows=_bulletins,
    filters=(
        Filter(
            key="state",
            label=N_("全部"),
            names=BULLETIN_STATE_NAMES,
            condition=lambda state: SecurityBulletin.state == state,
            as_tabs=True,
        ),
        Filter(
            key="client",
            label=N_("全部客户"),
            choices=_clients,
            read=UUID,
            condition=lambda client_id: SecurityBulletin.client_id == client_id,
        ),
    ),
    matches=client_matches,
    search_label=N_("客户"),
)

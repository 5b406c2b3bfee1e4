"""The list of members: the company's own people, or those of its clients."""

from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.people.identity.models import Membership
from app.people.identity.role_granting import role_names
from app.people.identity.schemas import Member, MemberRow
from app.people.identity.services.members import Members, member_view
from app.people.identity.states import MemberState
from app.platform.http.web_request import WebRequest
from app.platform.kernel.actor import ActorKind
from app.platform.kernel.text_search import contains
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists import BulkAction, Column, Filter, Found, NothingToChange, RecordList, Wanted, select_rows
from app.platform.web.form_values import FormValues
from rbac import Permission
from rbac.roles import load_available_roles

STATE_NAMES: Final = {MemberState.ACTIVE: N_("使用中"), MemberState.SUSPENDED: N_("已停用")}


async def _rows(work: UnitOfWork, wanted: Wanted) -> Found[MemberRow]:
    found = await select_rows(work, select(Membership), wanted)
    names = role_names(await load_available_roles(work))
    rows = []
    for (row,), value in found:
        roles = tuple(names[role] for role in row.roles if role in names)
        rows.append((MemberRow(**msgspec.structs.asdict(member_view(row)), role_names=roles), value))
    return rows


def _matches(word: str) -> Any:
    return contains(word, Membership.display_name, Membership.email)


async def _suspend(_: WebRequest, work: UnitOfWork, membership_id: UUID, __: FormValues) -> int:
    """The version afterwards: only what nobody has changed since is taken back."""
    member = await _changing(work, membership_id, MemberState.ACTIVE)
    return (await Members(work).suspend(membership_id, member.version)).version


async def _reactivate(_: WebRequest, work: UnitOfWork, membership_id: UUID, __: FormValues) -> int:
    member = await _changing(work, membership_id, MemberState.SUSPENDED)
    return (await Members(work).reactivate(membership_id, member.version)).version


async def _changing(work: UnitOfWork, membership_id: UUID, state: MemberState) -> Member:
    member = await Members(work).show(membership_id)
    if member.state != state:
        raise NothingToChange
    return member


async def _undo_suspension(_: WebRequest, work: UnitOfWork, membership_id: UUID, version: int) -> None:
    await Members(work).reactivate(membership_id, version)


async def _undo_reactivation(_: WebRequest, work: UnitOfWork, membership_id: UUID, version: int) -> None:
    await Members(work).suspend(membership_id, version)


MEMBERS: Final = RecordList(
    key="members",
    label=N_("成员"),
    base={ActorKind.PROVIDER: "/workspace/members", ActorKind.HQ: "/hq/members"},
    permission=Permission.MEMBER_READ,
    record_kind="membership",
    id=Membership.id,
    title=Membership.display_name,
    columns=(
        Column(key="display_name", label=N_("姓名"), sort=Membership.display_name, main=True),
        Column(key="role_names", label=N_("角色"), translated=True, width=30),
        Column(key="email", label=N_("邮箱"), sort=Membership.email, shown=False, width=30),
        Column(key="mobile", label=N_("手机"), shown=False, narrow=True),
        Column(key="state", label=N_("状态"), names=STATE_NAMES, sort=Membership.state, narrow=True),
        Column(
            key="created_at",
            label=N_("加入时间"),
            sort=Membership.created_at,
            falling=True,
            narrow=True,
            optional=True,
        ),
    ),
    sort="-created_at",
    rows=_rows,
    filters=(
        Filter(
            key="group",
            label=N_("本公司"),
            names={"clients": N_("客户联系人")},
            condition=lambda _: Membership.client_id.is_not(None),
            otherwise=Membership.client_id.is_(None),
            as_tabs=True,
            only_for=ActorKind.PROVIDER,
        ),
        Filter(key="state", label=N_("全部状态"), names=STATE_NAMES, condition=lambda state: Membership.state == state),
    ),
    matches=_matches,
    search_label=N_("姓名或邮箱"),
    bulk=(
        BulkAction(
            key="suspend",
            label=N_("停用"),
            icon="lock",
            permission=Permission.MEMBER_WRITE,
            act=_suspend,
            undo=_undo_suspension,
            done=N_("已停用 %(count)s 位成员。"),
        ),
        BulkAction(
            key="reactivate",
            label=N_("恢复使用"),
            icon="user-check",
            permission=Permission.MEMBER_WRITE,
            act=_reactivate,
            undo=_undo_reactivation,
            done=N_("已恢复 %(count)s 位成员。"),
        ),
    ),
)

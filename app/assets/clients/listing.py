"""The list of clients."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.assets.clients import forms
from app.assets.clients.labels import ENGAGEMENT_NAMES, RecordState
from app.assets.clients.models import Client
from app.assets.clients.repository import client_counts_by, client_matches
from app.assets.clients.schemas import ClientView, StateChange
from app.assets.clients.services import ClientService
from app.platform.http.web_request import WebRequest
from app.platform.kernel.columns import columns_of
from app.platform.kernel.texts import N_, NP_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists import (
    BulkAction,
    Choices,
    Column,
    Filter,
    Found,
    NothingToChange,
    RecordList,
    Wanted,
    select_rows,
)
from app.platform.web.form_values import FormValues
from rbac import Permission


async def _rows(work: UnitOfWork, wanted: Wanted) -> Found[ClientView]:
    found = await select_rows(work, select(*columns_of(ClientView, Client)), wanted)
    names = ClientView.__struct_fields__
    return [(msgspec.convert(dict(zip(names, row, strict=True)), ClientView), value) for row, value in found]


async def _industries(work: UnitOfWork, _: Mapping[str, str]) -> Choices:
    counts = await client_counts_by(work.session, Client.industry)
    return [(count.value, count.value) for count in counts if count.value]


async def _cities(work: UnitOfWork, _: Mapping[str, str]) -> Choices:
    counts = await client_counts_by(work.session, Client.city_code)
    return [(count.value, forms.city_name(count.value)) for count in counts if count.value]


async def _put(work: UnitOfWork, client_id: UUID, state: RecordState) -> int:
    """The version afterwards: only what nobody has changed since is taken back."""
    clients = ClientService(work)
    client = await clients.get(client_id)
    if client.state == state:
        raise NothingToChange
    return (await clients.change_state(client_id, StateChange(state=state, version=client.version))).version


async def _deactivate(_: WebRequest, work: UnitOfWork, client_id: UUID, __: FormValues) -> int:
    return await _put(work, client_id, RecordState.INACTIVE)


async def _reactivate(_: WebRequest, work: UnitOfWork, client_id: UUID, __: FormValues) -> int:
    return await _put(work, client_id, RecordState.ACTIVE)


async def _undo_deactivation(_: WebRequest, work: UnitOfWork, client_id: UUID, version: int) -> None:
    await ClientService(work).change_state(client_id, StateChange(state=RecordState.ACTIVE, version=version))


async def _undo_reactivation(_: WebRequest, work: UnitOfWork, client_id: UUID, version: int) -> None:
    await ClientService(work).change_state(client_id, StateChange(state=RecordState.INACTIVE, version=version))


def _filter(key: str, column: Any, **more: Any) -> Filter:
    return Filter(key=key, condition=lambda value: column == value, **more)


CLIENTS: Final = RecordList(
    key="clients",
    label=NP_("list", "客户"),
    base="/workspace/clients",
    permission=Permission.CLIENT_READ,
    record_kind="client",
    id=Client.id,
    title=Client.name,
    columns=(
        Column(key="name", label=N_("客户"), sort=Client.name, main=True, width=36),
        Column(key="short_name", label=N_("简称"), sort=Client.short_name, shown=False),
        Column(key="code", label=N_("门户地址"), sort=Client.code, shown=False, narrow=True),
        Column(key="industry", label=N_("行业"), sort=Client.industry, width=28),
        Column(
            key="city_code",
            label=N_("城市"),
            value=lambda row: forms.city_name(row.city_code),
            sort=Client.city_code,
            narrow=True,
        ),
        Column(key="engagement_models", label=N_("服务方式"), names=ENGAGEMENT_NAMES, optional=True, width=28),
        Column(key="created_at", label=N_("建立"), sort=Client.created_at, falling=True, narrow=True, shown=False),
    ),
    sort="name",
    rows=_rows,
    filters=(
        _filter("industry", Client.industry, label=N_("全部行业"), choices=_industries),
        _filter("city", Client.city_code, label=N_("全部城市"), choices=_cities),
        Filter(
            key="inactive",
            label=N_("使用中"),
            names={"yes": N_("已停用")},
            condition=lambda _: Client.state == RecordState.INACTIVE,
            otherwise=Client.state == RecordState.ACTIVE,
        ),
    ),
    matches=client_matches,
    search_label=N_("名称、简称或门户地址"),
    bulk=(
        BulkAction(
            key="deactivate",
            label=N_("停用"),
            icon="lock",
            permission=Permission.CLIENT_WRITE,
            act=_deactivate,
            undo=_undo_deactivation,
            done=N_("已停用 %(count)s 家客户。"),
        ),
        BulkAction(
            key="reactivate",
            label=N_("恢复使用"),
            icon="check",
            permission=Permission.CLIENT_WRITE,
            act=_reactivate,
            undo=_undo_reactivation,
            done=N_("已恢复 %(count)s 家客户。"),
        ),
    ),
)

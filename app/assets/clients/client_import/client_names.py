"""Which client a row means, by portal address or name."""

from collections import defaultdict
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.assets.clients.labels import RecordState
from app.assets.clients.models import Client
from app.platform.imports.declaration import Field
from app.platform.imports.reading.converters import text_field
from app.platform.imports.reading.person_names import comparison_key
from app.platform.kernel.texts import N_

CLIENT_FIELD = Field(
    "client",
    N_("客户"),
    text_field(120),
    "客户名称 客户简称 客户编号 客户代码 公司 公司名称 单位 单位名称 所属公司 所属客户 "
    "client clientname clientcode company",
)
"""A column that says whose each row is, in a list of several clients."""

CLIENT_MESSAGES = {
    "client_unknown": N_("没有叫“%(value)s”的客户，请先建立客户，或改正名称、编号。"),
    "client_ambiguous": N_("有几家客户叫“%(value)s”，请写门户地址（编号）。"),
    "client_inactive": N_("客户“%(value)s”已停用，请先恢复使用。"),
    "client_other": N_("这一行写的是“%(value)s”，不是所选的客户。"),
    "row_repeated": N_("与第 %(row)s 行是同一条，请只留一行。"),
}


class KnownClient(NamedTuple):
    """A client as names are compared with it."""

    id: UUID
    code: str
    name: str
    short_name: str
    is_active: bool


class NamedClient(NamedTuple):
    """The client that a row means; or none, with the code of the issue that says why."""

    id: UUID | None = None
    issue: str = ""


class ClientNames:
    """The tenant's clients by everything that they are called."""

    def __init__(self, clients: list[KnownClient]) -> None:
        self._by_id = {client.id: client for client in clients}
        self._called: dict[str, set[UUID]] = defaultdict(set)
        for client in clients:
            for name in (client.code, client.name, client.short_name):
                self._called[comparison_key(name)].add(client.id)

    @classmethod
    async def of(cls, session: AsyncSession) -> "ClientNames":
        """All clients that the actor may see."""
        columns = (Client.id, Client.code, Client.name, Client.short_name, Client.state == RecordState.ACTIVE)
        return cls([KnownClient(*row) for row in await session.execute(select(*columns))])

    def find(self, written: str | None, chosen: UUID | None) -> NamedClient:
        """Whom a row means that names `written`, in a list that is of `chosen` or of several."""
        if chosen is not None:
            called = self._called[comparison_key(written)] if written else {chosen}
            found = NamedClient(chosen) if chosen in called else NamedClient(issue="client_other")
        else:
            called = self._called[comparison_key(written or "")]
            if len(called) > 1:
                return NamedClient(issue="client_ambiguous")
            found = NamedClient(next(iter(called))) if called else NamedClient(issue="client_unknown")
        if found.id is not None and not self._by_id[found.id].is_active:
            return NamedClient(issue="client_inactive")
        return found

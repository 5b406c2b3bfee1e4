"""Clients as those of whom a list can be."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from sqlalchemy import select

from app.assets.clients.labels import RecordState
from app.assets.clients.models import Client, Site
from app.platform.imports.declaration import Field
from app.platform.imports.reading.converters import text_field
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork


class ClientOwner:
    """The clients whom the actor may see."""

    async def choices(self, work: UnitOfWork) -> list[tuple[str, str]]:
        """Active clients by name."""
        rows = await work.session.execute(
            select(Client.id, Client.short_name)
            .where(Client.state == RecordState.ACTIVE)
            .order_by(Client.short_name, Client.id)
        )
        return [(str(id_), name) for id_, name in rows]

    async def names(self, work: UnitOfWork, ids: Collection[UUID]) -> dict[UUID, str]:
        """Short names by id."""
        rows = await work.session.execute(select(Client.id, Client.short_name).where(Client.id.in_(ids)))
        return {row.id: row.short_name for row in rows}

    async def time_zone(self, work: UnitOfWork, owner_id: UUID) -> str | None:
        """Where the client's day begins."""
        found: str | None = await work.session.scalar(select(Client.time_zone).where(Client.id == owner_id))
        return found

    async def id_of(self, work: UnitOfWork, code: str) -> UUID | None:
        """The client with this portal address."""
        found: UUID | None = await work.session.scalar(select(Client.id).where(Client.code == code))
        return found


CLIENT_OWNER: Final = ClientOwner()


async def known_sites(work: UnitOfWork, client_id: UUID | None) -> dict[str, tuple[str, ...]]:
    """The client's sites as names that the field `site` may mean; nothing for a list of several clients."""
    if client_id is None:
        return {}
    sites = await work.session.scalars(
        select(Site.name)
        .where(Site.client_id == client_id, Site.state == RecordState.ACTIVE)
        .order_by(Site.name, Site.id)
    )
    return {"site": tuple(sites)}


def department_field(headings: str) -> Field:
    """A column that names a department of the client; one that is not there yet is made."""
    return Field("department", N_("部门"), text_field(80), headings)


def site_field(headings: str) -> Field:
    """A column that names a site of the client, spelt as people do; one that is not there yet is made."""
    return Field("site", N_("网点"), text_field(80), headings, names_record=True)


SITE_MESSAGES: Final = {
    "site_respelt": N_("网点“%(value)s”已按“%(stored)s”导入，请核对。"),
    "site_similar": N_("没有网点“%(value)s”，是不是“%(suggestion)s”？网点不改；如确是新网点，请先建立。"),
    "site_new_similar": N_("“%(value)s”会新建为网点；已有相近的“%(suggestion)s”，如是同一处，请先改正清单。"),
    "site_unknown": N_("没有网点“%(value)s”，导入时会新建，请核对。"),
}
"""What a list with a `site_field` may say."""

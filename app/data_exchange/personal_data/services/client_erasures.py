"""Forgetting a client's company on request: what has to end first, and the request itself (PIPL § 47)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from app.assets.clients import ClientErased, ClientStateChanged, RecordState
from app.assets.clients.models import Client
from app.data_exchange.personal_data.errors import (
    ClientErasureUnderWay,
    ClientHasOpenMatters,
    ClientNameDiffers,
    ReasonMissing,
)
from app.data_exchange.personal_data.models import ClientErasure
from app.data_exchange.personal_data.permissions import ClientErasurePermission
from app.data_exchange.personal_data.schemas import (
    ClientErasureCreate,
    ClientErasureStanding,
    ClientErasureView,
    OpenMatterView,
)
from app.data_exchange.personal_data.states import UNDER_WAY, ClientErasureState
from app.platform.kernel.areas import declared
from app.platform.kernel.client_company import OpenMatter
from app.platform.kernel.columns import view_of
from app.platform.kernel.errors import NotFound
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.texts import translator
from app.platform.kernel.unit_of_work import UnitOfWork


class ClientErasures:
    """Requests to forget clients of the actor's company.

    Raises:
        Forbidden: without `client:erase`.
    """

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(ClientErasurePermission.CLIENT_ERASE)
        self._work = work

    async def standing(self, client_id: UUID) -> ClientErasureStanding:
        """What stands in the way, and what was asked before.

        Raises:
            NotFound: no such client for this actor.
        """
        work = self._work
        erased_at = (await work.session.execute(select(Client.erased_at).where(Client.id == client_id))).one_or_none()
        if erased_at is None:
            raise NotFound
        rows = await work.session.scalars(
            select(ClientErasure)
            .where(ClientErasure.client_id == client_id)
            .order_by(ClientErasure.requested_at.desc(), ClientErasure.id)
        )
        found = await open_matters(work.session, client_id, work.now)
        matters = [self._matter(matter, count, client_id) for matter, count in found]
        return ClientErasureStanding(matters, erased_at[0], [to_view(row) for row in rows])

    async def request(self, client_id: UUID, wanted: ClientErasureCreate) -> ClientErasureView:
        """Have the company forgotten, which is done in the background. Until then nobody of the client signs in.

        Raises:
            NotFound: no such client for this actor.
            ClientErased, ClientErasureUnderWay, ClientNameDiffers, ReasonMissing.
            ClientHasOpenMatters: naming each kind.
        """
        work = self._work
        work.require_writable()
        if not wanted.reason.strip():
            raise ReasonMissing(fields={"reason": ReasonMissing.text})
        client = await locked_client(work.session, client_id)
        if client is None:
            raise NotFound
        if client.erased_at is not None:
            raise ClientErased
        under_way = select(ClientErasure.id).where(
            ClientErasure.client_id == client_id, ClientErasure.state.in_(UNDER_WAY)
        )
        if await work.session.scalar(under_way) is not None:
            raise ClientErasureUnderWay
        if wanted.short_name.strip() != client.short_name:
            raise ClientNameDiffers(fields={"short_name": ClientNameDiffers.text})
        await self._require_nothing_open(client_id)
        row = ClientErasure(
            tenant_id=work.tenant_id,
            id=work.new_id(),
            client_id=client_id,
            state=ClientErasureState.REQUESTED,
            reason=wanted.reason.strip(),
            requested_by=work.actor.membership_id,
            requested_by_name=work.actor.display_name,
            requested_at=work.now,
            done_at=None,
            result={},
            account_ids=[],
        )
        work.session.add(row)
        if client.state == RecordState.ACTIVE:
            client.state, client.version = RecordState.INACTIVE, client.version + 1
            work.publish(ClientStateChanged(client_id=client_id, state=client.state))
        work.schedule(DueKind.CLIENT_ERASURE, row.id, work.now)
        work.audit("client.erasure_requested", "client", client_id, request=row.id)
        await work.session.flush()
        return to_view(row)

    async def _require_nothing_open(self, client_id: UUID) -> None:
        found = await open_matters(self._work.session, client_id, self._work.now)
        if found:
            translate = translator(self._work.actor.language)
            named = "、".join(f"{translate(matter.label)} {count}" for matter, count in found)
            fields = {matter.tables[0]: matter.label for matter, _ in found}
            raise ClientHasOpenMatters(fields=fields, matters=named)

    def _matter(self, matter: OpenMatter, count: int, client_id: UUID) -> OpenMatterView:
        may_follow = matter.href and self._work.actor.may(matter.permission)
        href = matter.href.format(client=client_id) if may_follow else ""
        return OpenMatterView(matter.tables[0], translator(self._work.actor.language)(matter.label), count, href)


async def open_matters(session: AsyncSession, client_id: UUID, now: datetime) -> list[tuple[OpenMatter, int]]:
    """What of the client runs, waits or is owed, as all areas say, with how many there are; in the areas' order."""
    matters: list[OpenMatter] = list(declared("open_matters"))
    counted = union_all(
        *(
            select(literal(place), matter.count(client_id, now).scalar_subquery().label("open"))
            for place, matter in enumerate(matters)
        )
    )
    counts = {row[0]: row[1] for row in await session.execute(counted)}
    return [(matter, counts[place]) for place, matter in enumerate(matters) if counts[place]]


async def locked_client(session: AsyncSession, client_id: UUID) -> Client | None:
    """The client's row, the caller's until the commit: whatever would name it meanwhile waits."""
    found: Client | None = await session.scalar(
        select(Client).where(Client.id == client_id).with_for_update().execution_options(populate_existing=True)
    )
    return found


def to_view(row: ClientErasure) -> ClientErasureView:
    return view_of(ClientErasureView, row, state=ClientErasureState(row.state))

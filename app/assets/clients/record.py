"""A client's page: its head and facts, in which every area draws the tab that it has there."""

from typing import Any, Final
from uuid import UUID

from app.assets.clients import forms
from app.assets.clients.labels import ENGAGEMENT_NAMES
from app.assets.clients.services import ClientService
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.records import RecordHead

BASE: Final = "/workspace/clients"


async def client_record(work: UnitOfWork, client_id: UUID, tab: str = "") -> dict[str, Any]:
    """What `clients/record.html` shows, `record` for `record_page` included.

    Raises:
        Forbidden: without `client:read`.
        NotFound: no such client for this actor.
    """
    service = ClientService(work)
    client, counts = await service.get(client_id), await service.counts(client_id)
    record = RecordHead(
        kind="client",
        id=client.id,
        title=client.name,
        base=f"{BASE}/{client.id}",
        list_href=BASE,
        list_label=N_("客户"),
        tab=tab,
        counts={kind: counts[kind.removesuffix("s")] for kind in forms.RECORD_KINDS},
    )
    return {
        "record": record,
        "client": client,
        "city_name": forms.city_name,
        "engagement_names": ENGAGEMENT_NAMES,
    }

"""What follows: weeks and bulletins that begin, the news of a bulletin to the client's people, the PDF that is kept."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from app.desk.security.document import BULLETIN_EDITION
from app.desk.security.events import SecurityBulletinPublished
from app.desk.security.models import SecurityBulletin
from app.desk.security.permissions import SecurityPermission
from app.desk.security.services.calendar import open_due
from app.people.identity import kind_of_member, read_recipients
from app.platform.background import Consumers, DailyJob, ReceivedEvent
from app.platform.documents import archive
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.notifications import Notice, Severity, notify
from rbac import permissions_of

HOUR: Final = 2
_PUBLISHED: Final = N_("%(month)s 的信息安全月报已发布。")
consumers = Consumers()


@consumers.on_batch(SecurityBulletinPublished.topic, name="security.notify_client")
async def notify_client(work: UnitOfWork, runtime: Runtime, events: Sequence[ReceivedEvent]) -> None:
    """Whoever of the client may read bulletins hears of it."""
    for event in events:
        bulletin = await work.session.scalar(
            select(SecurityBulletin).where(SecurityBulletin.id == UUID(event.payload["bulletin_id"]))
        )
        if bulletin is None:
            continue
        kind = kind_of_member(work.tenant_id, bulletin.client_id)
        people = [
            each.address
            for each in await read_recipients(work, bulletin.client_id)
            if SecurityPermission.SECURITY_WEEK_READ in permissions_of(kind, sorted(each.roles))
        ]
        notice = Notice(
            reference=f"security_bulletin:{event.id}",
            text=_PUBLISHED,
            parameters={"month": f"{bulletin.month:%Y-%m}"},
            link=f"/portal/security/bulletins/{bulletin.id}",
            severity=Severity.INFO,
        )
        await notify(work, people, notice, public_url=runtime.settings.public_url)


@consumers.on(SecurityBulletinPublished.topic, name="security.archive_bulletin", lane=DueKind.OUTBOX_LONG)
async def archive_bulletin(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    """Draw the bulletin once and keep it."""
    await archive(
        runtime,
        tenant_id,
        event_id,
        consumer="security.archive_bulletin",
        kind=BULLETIN_EDITION,
        edition_id=UUID(payload["edition_id"]),
    )


def daily_jobs(_: Runtime) -> tuple[DailyJob, ...]:
    """What runs once a day: after the add-ons have begun and ended."""
    return (DailyJob("security.open_due", HOUR, open_due),)

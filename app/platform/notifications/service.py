"""Notifications: lines in the bell and messages through a channel. Callers name the recipients."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, ColumnElement, any_, bindparam, func, select, tuple_, update

from app.platform.kernel.counters import take_turns
from app.platform.kernel.errors import Forbidden, NotFound
from app.platform.kernel.live_updates import Change
from app.platform.kernel.performance import PreparedStatement, RowValues, insert_missing
from app.platform.kernel.texts import N_, translator
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.notifications.channels import ChannelName, OutgoingMessage
from app.platform.notifications.email_layout import EmailAction, as_html, email_content
from app.platform.notifications.events import DeliveryRequested
from app.platform.notifications.models import Delivery, Notification
from app.platform.notifications.schemas import Bell, DeliveryState, MemberRecipient, Notice, NotificationView
from tenants.context import Command, elevated

NOTICES_PER_HOUR: Final = 20
"""Notice e-mails that one address gets in an hour; then one more says that the rest is in the bell."""

NEWEST: Final = 8

_SUBJECT_LENGTH: Final = 200

_LATELY: Final = PreparedStatement(
    select(Delivery.address, func.count(Delivery.id))
    .where(
        Delivery.tenant_id == bindparam("tenant_id"),
        Delivery.address == any_(bindparam("addresses", type_=ARRAY(Delivery.address.type))),
        Delivery.channel == ChannelName.EMAIL,
        Delivery.created_at > bindparam("since"),
    )
    .group_by(Delivery.address)
)


class AddressedNotice(msgspec.Struct, frozen=True):
    """A notice and its recipients."""

    recipients: Sequence[MemberRecipient]
    notice: Notice
    by_email: bool = True


class Addressee(msgspec.Struct, frozen=True):
    """Somebody without a membership who is written to."""

    email: str
    language: str = "zh-CN"


async def send(work: UnitOfWork, message: OutgoingMessage) -> UUID | None:
    """Have `message` sent after the commit; None when the same reference was sent to this address before.

    Runs in the tenant's own scope (the platform, staff, or inside `elevated`). E-mail without HTML is put into the
    house's layout.
    """
    return next(iter(await send_all(work, [message])), None)


async def send_all(work: UnitOfWork, messages: Sequence[OutgoingMessage]) -> list[UUID]:
    """The same for many at once; the deliveries of those that are new."""
    rows = [_delivery(work, message) for message in messages]
    new = await insert_missing(work.session, Delivery, rows, key=("channel", "address", "reference")) if rows else set()
    found = [row["id"] for row in rows if row["id"] in new]
    for delivery_id in found:
        work.publish(DeliveryRequested(delivery_id=delivery_id))
    return found


def _delivery(work: UnitOfWork, message: OutgoingMessage) -> RowValues:
    html = message.html or ""
    if message.channel is ChannelName.EMAIL and not html:
        html = as_html(message.language, message.subject, message.text)
    return {
        "id": work.new_id(),
        "channel": message.channel,
        "address": message.address,
        "reference": message.reference,
        "subject": message.subject[:_SUBJECT_LENGTH],
        "text": message.text,
        "html": html,
        "template": message.template or "",
        "parameters": dict(message.parameters),
        "state": DeliveryState.QUEUED,
        "attempts": 0,
        "last_error": "",
        "created_at": work.now,
    }


async def notify(
    work: UnitOfWork,
    recipients: Sequence[MemberRecipient],
    notice: Notice,
    *,
    public_url: str,
    by_email: bool = True,
) -> int:
    """Put `notice` into each recipient's bell, once for its reference, and mail it; returns how many were new.

    `public_url` is the installation's address (`settings.public_url`): links in e-mails are whole. Runs in the
    tenant's own scope.
    """
    return await notify_all(work, [AddressedNotice(recipients, notice, by_email)], public_url=public_url)


async def notify_all(work: UnitOfWork, notices: Sequence[AddressedNotice], *, public_url: str) -> int:
    """The same for many notices at once, in their order."""
    lines: dict[UUID, tuple[MemberRecipient, AddressedNotice]] = {}
    for addressed in notices:
        by_membership = {recipient.membership_id: recipient for recipient in addressed.recipients}
        lines |= {work.new_id(): (recipient, addressed) for recipient in by_membership.values()}
    if not lines:
        return 0
    rows = [_row(work, id_, recipient, addressed.notice) for id_, (recipient, addressed) in lines.items()]
    new = await insert_missing(work.session, Notification, rows, key=("membership_id", "reference"))
    new_lines = [(id_, *line) for id_, line in lines.items() if id_ in new]
    for id_, recipient, _ in new_lines:
        work.announce(Change(kind="notification", id=id_, membership_id=recipient.membership_id))
    await _mail(
        work,
        [(recipient, each.notice) for _, recipient, each in new_lines if each.by_email and recipient.email],
        public_url,
    )
    return len(new_lines)


async def write_to(work: UnitOfWork, people: Sequence[Addressee], notice: Notice, *, public_url: str) -> int:
    """Mail `notice` to people who have no bell, once for its reference; returns how many letters were new."""
    return len(await send_all(work, [_notice_message(person, notice, public_url) for person in people]))


def _row(work: UnitOfWork, id_: UUID, recipient: MemberRecipient, notice: Notice) -> RowValues:
    return {
        "id": id_,
        "client_id": recipient.client_id,
        "membership_id": recipient.membership_id,
        "reference": notice.reference,
        "severity": notice.severity,
        "text": translator(recipient.language)(notice.text, **notice.parameters),
        "link": notice.link,
        "created_at": work.now,
    }


async def _mail(work: UnitOfWork, notices: Sequence[tuple[MemberRecipient, Notice]], public_url: str) -> None:
    if not notices:
        return
    addresses = sorted({recipient.email for recipient, _ in notices})
    # Whoever counted the same address at this moment would not see what is about to be written.
    await take_turns(work.session, work.tenant_id, [f"mails-{_short(address)}" for address in addresses])
    rows = await _LATELY.all(
        work.session, tenant_id=work.tenant_id, addresses=addresses, since=work.now - timedelta(hours=1)
    )
    lately = Counter({row[0]: row[1] for row in rows})
    messages = []
    for recipient, notice in notices:
        if lately[recipient.email] < NOTICES_PER_HOUR:
            messages.append(_notice_message(recipient, notice, public_url))
        else:
            messages.append(_digest_message(recipient, f"digest:{work.now:%Y%m%d%H}", public_url))
        lately[recipient.email] += 1
    await send_all(work, messages)


def _short(address: str) -> str:
    """As a counter's name has room for it; the address itself is no name."""
    return hashlib.sha256(address.encode()).hexdigest()[:32]


def _notice_message(recipient: MemberRecipient | Addressee, notice: Notice, public_url: str) -> OutgoingMessage:
    translate = translator(recipient.language)
    text = translate(notice.text, **notice.parameters)
    step = EmailAction(translate(N_("打开查看")), f"{public_url.rstrip('/')}{notice.link}")
    return _email(recipient, notice.reference, text, [text], step)


def _digest_message(recipient: MemberRecipient, reference: str, public_url: str) -> OutgoingMessage:
    """Once an hour, whatever else happens."""
    translate = translator(recipient.language)
    lines = [translate(N_("最近一小时的通知很多，其余的不再逐条发邮件，请登录后在通知里查看。"))]
    step = EmailAction(translate(N_("查看全部通知")), f"{public_url.rstrip('/')}/notifications")
    return _email(recipient, reference, translate(N_("您有更多通知")), lines, step)


def _email(
    recipient: MemberRecipient | Addressee, reference: str, subject: str, paragraphs: Sequence[str], step: EmailAction
) -> OutgoingMessage:
    made = email_content(recipient.language, subject, paragraphs, step)
    return OutgoingMessage(
        channel=ChannelName.EMAIL,
        address=recipient.email,
        subject=made.subject,
        text=made.text,
        html=made.html,
        language=recipient.language,
        reference=reference,
    )


class NotificationService:
    """A member's own bell."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    async def bell(self) -> Bell:
        """The number of unread lines, and the newest ones."""
        unread = await self._work.session.execute(
            select(func.count(Notification.id)).where(self._own(), Notification.read_at.is_(None))
        )
        return Bell(unread.scalar_one(), await self.newest(NEWEST))

    async def newest(self, limit: int, before: tuple[object, UUID] | None = None) -> list[NotificationView]:
        """Newest first; `before` is the moment and id of the last line already seen."""
        statement = (
            select(
                Notification.id,
                Notification.severity,
                Notification.text,
                Notification.link,
                Notification.created_at,
                Notification.read_at,
            )
            .where(self._own())
            .order_by(Notification.created_at.desc(), Notification.id.desc())
            .limit(limit)
        )
        if before is not None:
            statement = statement.where(tuple_(Notification.created_at, Notification.id) < tuple_(*before))
        rows = await self._work.session.execute(statement)
        return [NotificationView(**row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's documented way to a dict

    async def read(self, notification_id: UUID) -> NotificationView:
        """Mark one line as read.

        Raises:
            NotFound: it is not in this member's bell.
        """
        found = await self._work.session.execute(
            select(
                Notification.severity,
                Notification.text,
                Notification.link,
                Notification.created_at,
                Notification.read_at,
            ).where(self._own(), Notification.id == notification_id)
        )
        row = found.first()
        if row is None:
            raise NotFound
        read_at = row.read_at or self._work.now
        if row.read_at is None:
            await self._mark(Notification.id == notification_id)
        return NotificationView(
            id=notification_id,
            severity=row.severity,
            text=row.text,
            link=row.link,
            created_at=row.created_at,
            read_at=read_at,
        )

    async def read_all(self) -> None:
        """Mark everything in the bell as read."""
        await self._mark(Notification.read_at.is_(None))

    async def _mark(self, which: ColumnElement[bool]) -> None:
        own = self._own()
        async with elevated(self._work, Command.READ_NOTIFICATION):
            await self._work.session.execute(update(Notification).where(own, which).values(read_at=self._work.now))
        self._work.announce(
            Change(kind="notification", id=self._work.new_id(), membership_id=self._work.actor.membership_id)
        )

    def _own(self) -> ColumnElement[bool]:
        """
        Raises:
            Forbidden: for actors without a membership, who have no bell.
        """
        if self._work.actor.membership_id is None:
            raise Forbidden
        return Notification.membership_id == self._work.actor.membership_id

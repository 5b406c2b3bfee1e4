"""What was sent to whom, and what became of it. Never what a message said: its links and codes work like keys."""

import re
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select, tuple_

from app.platform.kernel.columns import view_of
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.notifications.channels import ChannelName, FailureCode
from app.platform.notifications.models import Delivery
from app.platform.notifications.schemas import DeliveryState, DeliveryView
from rbac import Permission

CHANNEL_NAMES: Final = {ChannelName.EMAIL: N_("邮件"), ChannelName.SMS: N_("短信")}

STATE_NAMES: Final = {
    DeliveryState.QUEUED: N_("待发送"),
    DeliveryState.SENT: N_("已发出"),
    DeliveryState.FAILED: N_("未送达"),
    DeliveryState.MAILBOX: N_("在演示信箱"),
}

FAILURE_NAMES: Final = {
    FailureCode.ADDRESS_INVALID: N_("地址写得不对"),
    FailureCode.RECIPIENT_REFUSED: N_("对方没有这个地址，或拒收"),
    FailureCode.MESSAGE_REFUSED: N_("对方拒收这条消息"),
    FailureCode.TEMPLATE_UNKNOWN: N_("短信模板没有报备"),
    FailureCode.RATE_LIMITED: N_("发得太快，稍后再试"),
    FailureCode.UNREACHABLE: N_("连不上对方的服务器"),
    FailureCode.TIMEOUT: N_("对方没有回应"),
    FailureCode.PROVIDER_FAULT: N_("对方的服务器出错"),
    FailureCode.MISCONFIGURED: N_("发送通道没有设置好"),
}

_CODE: Final = re.compile(r"(?<!\d)\d{6}(?!\d)")
_SHOWN_DIGITS: Final = (3, 4)


class DeliveryLog:
    """The tenant's delivery log, for whoever holds `delivery:read`."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    async def newest(
        self, *, state: DeliveryState | None = None, before: tuple[datetime, UUID] | None = None, limit: int = 50
    ) -> list[DeliveryView]:
        """Newest first; `before` is the moment and id of the last one already seen.

        Raises:
            Forbidden: without `delivery:read`.
        """
        self._work.actor.require(Permission.DELIVERY_READ)
        statement = (
            select(
                Delivery.id,
                Delivery.channel,
                Delivery.address,
                Delivery.subject,
                Delivery.state,
                Delivery.attempts,
                Delivery.last_error,
                Delivery.created_at,
                Delivery.delivered_at,
            )
            .order_by(Delivery.created_at.desc(), Delivery.id.desc())
            .limit(limit)
        )
        if state is not None:
            statement = statement.where(Delivery.state == state)
        if before is not None:
            statement = statement.where(tuple_(Delivery.created_at, Delivery.id) < tuple_(*before))
        rows = await self._work.session.execute(statement)
        return [
            view_of(
                DeliveryView,
                row,
                address=masked(row.address),
                subject=_CODE.sub("••••••", row.subject),
                error=row.last_error.partition(" ")[0],
            )
            for row in rows
        ]


def masked(address: str) -> str:
    """`w…@example.com`, `138…5678`: enough to recognise an address that one knows, too little to learn it."""
    name, at, host = address.rpartition("@")
    if at:
        return f"{name[:1]}…@{host}"
    first, last = _SHOWN_DIGITS
    return f"{address[:first]}…{address[-last:]}"

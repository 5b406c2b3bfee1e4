"""A message of headquarters about one figure reaches the partner's owners: a line in the bell, and an e-mail."""

from datetime import date
from typing import Final
from uuid import UUID

from app.people.identity import in_roles, read_recipients
from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.texts import N_, Text, translator
from app.platform.notifications import (
    ChannelName,
    EmailAction,
    Notice,
    OutgoingMessage,
    Severity,
    email_content,
    notify,
    send_all,
)
from tenants.corrective_actions.events import PartnerLetterWritten
from tenants.partner_metrics import MEASURE_NAMES, Measure

OWNERS: Final = ("partner_owner",)
DEPUTIES: Final = ("service_manager",)
LINK: Final = "/workspace/corrective-actions"

_SUBJECT: Final = N_("总部 %(writer)s 来信：%(month)s %(measure)s %(value)s")


async def deliver_letter(runtime: Runtime, event_id: UUID, event: PartnerLetterWritten) -> None:
    """To the partner's owners, or its service managers where it has none; once for each event, however often it is
    delivered. Whoever wrote can be answered at their own address."""
    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        own = [each.address.email for each in await read_recipients(work) if each.address.membership_id == event.writer]
    reference, public_url = f"partner_letter:{event_id}", runtime.settings.public_url
    parameters = {
        "writer": event.writer_name,
        "month": _month(event.month),
        "measure": Text(MEASURE_NAMES[Measure(event.measure)]),
        "value": f"{event.value:g}{'' if event.measure == Measure.SATISFACTION else '%'}",
    }
    async with runtime.units_of_work.begin(Actor.system(event.partner_id)) as work:
        everybody = await read_recipients(work)
        readers = in_roles(everybody, OWNERS) or in_roles(everybody, DEPUTIES)
        notice = Notice(
            reference=reference, text=_SUBJECT, parameters=parameters, link=LINK, severity=Severity.ATTENTION
        )
        await notify(work, readers, notice, public_url=public_url, by_email=False)
        messages = []
        for reader in readers:
            if not reader.email:
                continue
            translate = translator(reader.language)
            paragraphs = [event.text, *(translate(N_("请回复到 %(address)s。"), address=each) for each in own if each)]
            step = EmailAction(translate(N_("打开查看")), f"{public_url.rstrip('/')}{LINK}")
            made = email_content(reader.language, translate(_SUBJECT, **parameters), paragraphs, step)
            messages.append(
                OutgoingMessage(
                    channel=ChannelName.EMAIL,
                    address=reader.email,
                    subject=made.subject,
                    text=made.text,
                    html=made.html,
                    language=reader.language,
                    reference=reference,
                )
            )
        await send_all(work, messages)


def _month(first: date) -> str:
    return f"{first:%Y-%m}"

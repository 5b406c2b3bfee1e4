"""Messages leave once, after the commit, and wait patiently for a server that does not answer."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

import asyncpg
import httpx
import pytest
from aiosmtpd import smtp
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.engine import make_url

from app.asgi import build
from app.platform.kernel.ids import new_id
from app.platform.kernel.outbox import DueEntry, DueKind
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.settings import Settings
from app.platform.kernel.time_source import SettableClock
from app.platform.notifications import ChannelName, OutgoingMessage, send
from app.platform.notifications.channels import FailureCode, Retryable
from app.platform.notifications.delivery_attempts import DELAYS, AttemptOutcome, claim_delivery, record_outcome
from app.platform.notifications.models import Delivery
from app.platform.notifications.schemas import DeliveryState
from tests.conftest import ClientFor
from tests.factories.background import run_due_work
from tests.factories.network import PartnerCompany
from tests.fakes.alibaba_sms import KEY_IDENTIFIER, KEY_SECRET, serving_sms
from tests.notifications.smtp_servers import Inbox, serving

CODE = "482913"


def message(address: str = "boss@example.com", reference: str = "invitation:1", **more: object) -> OutgoingMessage:
    fields: dict[str, object] = {
        "channel": ChannelName.EMAIL,
        "address": address,
        "subject": "邀请您加入",
        "text": f"您好：\n\n您的验证码是 {CODE}。\n\nhttp://127.0.0.1:8000/invitations/secret?a=1&b=2",
        "reference": reference,
    }
    return OutgoingMessage(**fields | more)  # type: ignore[arg-type]  # the fields are named above


@asynccontextmanager
async def running(settings: Settings, clock: SettableClock, **changes: object) -> AsyncIterator[Runtime]:
    """A runtime with other settings on the same database."""
    made = Runtime(settings.model_copy(update=changes), clock)
    try:
        yield made
    finally:
        await made.close()


async def queue(runtime: Runtime, partner: PartnerCompany, *messages: OutgoingMessage) -> None:
    async with runtime.units_of_work.begin(partner.system) as work:
        for one in messages:
            await send(work, one)


async def deliveries(runtime: Runtime, partner: PartnerCompany) -> list[Delivery]:
    async with runtime.units_of_work.begin(partner.system) as work:
        return list(await work.session.scalars(select(Delivery).order_by(Delivery.created_at, Delivery.id)))


async def test_an_email_goes_out_once_and_its_keys_are_forgotten(
    test_settings: Settings, clock: SettableClock, partner: PartnerCompany
) -> None:
    inbox = Inbox()
    with serving(inbox) as port:
        address = SecretStr(f"smtp+plain://127.0.0.1:{port}")
        async with running(test_settings, clock, smtp_url=address, mail_from="萤火 <no-reply@a.example>") as runtime:
            await queue(runtime, partner, message(), message())
            await run_due_work(runtime)
            clock.advance(timedelta(hours=2))
            await run_due_work(runtime)
            (delivery,) = await deliveries(runtime, partner)
    sent = inbox.only_message()
    assert sent["To"] == "boss@example.com"
    assert sent["Subject"] == "邀请您加入"
    text, html = sent.get_body(("plain",)), sent.get_body(("html",))
    assert text is not None
    assert html is not None
    assert CODE in text.get_content()
    assert "secret?a=1&amp;b=2" in html.get_content()
    assert delivery.state == "sent"
    assert delivery.delivered_at is not None
    assert CODE not in delivery.text + delivery.html


async def test_a_message_of_a_rolled_back_transaction_never_leaves(runtime: Runtime, partner: PartnerCompany) -> None:
    with pytest.raises(RuntimeError):
        await _queue_and_fail(runtime, partner)
    await run_due_work(runtime)
    assert await deliveries(runtime, partner) == []


async def _queue_and_fail(runtime: Runtime, partner: PartnerCompany) -> None:
    async with runtime.units_of_work.begin(partner.system) as work:
        await send(work, message())
        raise RuntimeError


async def test_a_server_that_is_away_is_tried_again_until_it_is_back(
    test_settings: Settings, clock: SettableClock, partner: PartnerCompany
) -> None:
    inbox = Inbox()
    with serving(inbox) as port:
        address = SecretStr(f"smtp+plain://127.0.0.1:{port}")
    async with running(test_settings, clock, smtp_url=address, mail_from="a@a.example") as runtime:
        await queue(runtime, partner, message())
        await run_due_work(runtime)
        (delivery,) = await deliveries(runtime, partner)
        assert (delivery.state, delivery.attempts) == ("queued", 1)
        assert delivery.last_error.startswith("unreachable")
    with serving(inbox) as port:
        address = SecretStr(f"smtp+plain://127.0.0.1:{port}")
        async with running(test_settings, clock, smtp_url=address, mail_from="a@a.example") as runtime:
            await run_due_work(runtime)
            assert inbox.envelopes == []
            clock.advance(DELAYS[0])
            await run_due_work(runtime)
            (delivery,) = await deliveries(runtime, partner)
            assert (delivery.state, delivery.attempts) == ("sent", 2)
    assert len(inbox.envelopes) == 1


async def test_after_the_last_attempt_and_after_a_clear_no_it_has_failed(
    test_settings: Settings, clock: SettableClock, partner: PartnerCompany
) -> None:
    inbox = Inbox()
    with serving(inbox) as port:
        address = SecretStr(f"smtp+plain://127.0.0.1:{port}")
        async with running(test_settings, clock, smtp_url=address, mail_from="a@a.example") as runtime:
            full = message("full@example.com", "patient:1")
            await queue(runtime, partner, full, message("gone@example.com", "hopeless:1"))
            await run_due_work(runtime)
            states = {one.address: (one.state, one.attempts) for one in await deliveries(runtime, partner)}
            assert states == {"full@example.com": ("queued", 1), "gone@example.com": ("failed", 1)}
            for delay in DELAYS:
                clock.advance(delay)
                await run_due_work(runtime)
            states = {one.address: (one.state, one.attempts) for one in await deliveries(runtime, partner)}
            assert states["full@example.com"] == ("failed", len(DELAYS) + 1)
            async with runtime.units_of_work.begin(partner.system) as work:
                waiting = select(DueEntry.id).where(DueEntry.kind == DueKind.DELIVERY_RETRY)
                assert (await work.session.scalars(waiting)).all() == []


async def test_an_sms_travels_as_an_approved_text_and_its_parameters(
    test_settings: Settings, clock: SettableClock, partner: PartnerCompany
) -> None:
    with serving_sms(clock.now()) as provider:
        async with running(
            test_settings,
            clock,
            sms_access_key_id=KEY_IDENTIFIER,
            sms_access_key_secret=SecretStr(KEY_SECRET),
            sms_template_code="SMS_100001",
            sms_endpoint=provider.endpoint,
        ) as runtime:
            sms = message(
                "13800138000",
                channel=ChannelName.SMS,
                template="verification_code",
                parameters={"code": CODE},
            )
            await queue(runtime, partner, sms)
            await run_due_work(runtime)
            (delivery,) = await deliveries(runtime, partner)
    assert [one["TemplateParam"] for one in provider.accepted] == [f'{{"code":"{CODE}"}}']
    assert delivery.state == "sent"
    assert delivery.parameters == {}


async def test_without_a_server_a_demo_keeps_the_message_in_its_mailbox(
    runtime: Runtime, partner: PartnerCompany, http: ClientFor
) -> None:
    await queue(runtime, partner, message("visitor@example.com", language="en"))
    await run_due_work(runtime)
    visitor = await http(None)
    (kept,) = (await visitor.get("/api/v1/mailbox", params={"address": "visitor@example.com"})).json()
    assert kept["code"] == CODE
    shown = await visitor.get("/mailbox", params={"address": "visitor@example.com"})
    assert shown.status_code == 200
    assert 'href="http://127.0.0.1:8000/invitations/secret?a=1&amp;b=2"' in shown.text
    assert CODE in shown.text


async def test_in_production_nothing_is_kept_and_nobody_may_look(
    test_settings: Settings, clock: SettableClock, partner: PartnerCompany
) -> None:
    changes = {"environment": "production", "public_url": "https://a.example"}
    async with running(test_settings, clock, **changes) as runtime:
        await queue(runtime, partner, message())
        await run_due_work(runtime)
        (delivery,) = await deliveries(runtime, partner)
        assert (delivery.state, delivery.attempts) == ("queued", 1)
        assert delivery.last_error.startswith("channel_misconfigured")
        transport = httpx.ASGITransport(build(runtime))  # type: ignore[arg-type]  # Litestar's own scope types
        async with httpx.AsyncClient(transport=transport, base_url="https://a.example") as visitor:
            assert (await visitor.get("/api/v1/mailbox")).status_code == 404
            assert (await visitor.get("/mailbox")).status_code == 404


class WatchfulInbox(Inbox):
    """Looks, while it is spoken to, who of the program holds a transaction open in this database."""

    def __init__(self, admin_dsn: str, database: str) -> None:
        super().__init__()
        self.open_transactions: list[int] = []
        self._admin_dsn, self._database = admin_dsn, database

    async def handle_DATA(self, server: smtp.SMTP, session: smtp.Session, envelope: smtp.Envelope) -> str:  # noqa: N802
        connection = await asyncpg.connect(self._admin_dsn)
        asked = (
            "SELECT count(*) FROM pg_stat_activity WHERE usename = 'yinghuo_app' AND xact_start IS NOT NULL "
            "AND datname = $1"
        )
        self.open_transactions.append(await connection.fetchval(asked, self._database))
        await connection.close()
        return await super().handle_DATA(server, session, envelope)


async def test_while_the_mail_server_speaks_no_transaction_is_open(
    test_settings: Settings, clock: SettableClock, partner: PartnerCompany, admin_dsn: str
) -> None:
    """A slow server would hold locks and a connection for as long as it likes."""
    database = make_url(test_settings.database_url.get_secret_value()).database
    assert database
    inbox = WatchfulInbox(admin_dsn, database)
    with serving(inbox) as port:
        address = SecretStr(f"smtp+plain://127.0.0.1:{port}")
        async with running(test_settings, clock, smtp_url=address, mail_from="a@a.example") as runtime:
            await queue(runtime, partner, message())
            await run_due_work(runtime)
    assert inbox.open_transactions == [0]


async def test_a_message_in_one_events_hands_is_left_alone_by_another_and_taken_up_after_a_death(
    runtime: Runtime, partner: PartnerCompany
) -> None:
    await queue(runtime, partner, message())
    first, second = new_id(), new_id()
    (delivery,) = await deliveries(runtime, partner)

    async def taken(event_id: UUID) -> bool:
        async with runtime.units_of_work.begin(partner.system) as work:
            return await claim_delivery(work, delivery.id, event_id) is not None

    assert await taken(first)
    assert not await taken(second)
    assert await taken(first), "whoever was handling the event has died"
    async with runtime.units_of_work.begin(partner.system) as work:
        await record_outcome(work, delivery.id, AttemptOutcome(Retryable(FailureCode.TIMEOUT, ""), DeliveryState.SENT))
    assert await taken(second)

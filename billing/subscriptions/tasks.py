"""Background tasks: a new partner's trial, the days' steps, invoices for bills, read-only by an event, notices."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from app.platform.background import Consumers, DailyJob, consume
from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.royalties import PlanInvoiceFollowed
from billing.subscriptions.errors import PlanNotSold
from billing.subscriptions.events import PlanBilled, PlanReminded, SubscriptionStepped
from billing.subscriptions.notices import tell_reminder, tell_step
from billing.subscriptions.services.headquarters import bill_of, follow_standing, invoice_bill
from billing.subscriptions.services.progress import advance, count_and_remind
from billing.subscriptions.services.subscriptions import PlanSubscriptions
from tenants.partners.models import PartnerApplication

consumers = Consumers()
HOUR: Final = 5
PROVISIONED: Final = "partner.provisioned"


@consumers.on(PROVISIONED, name="subscriptions.start")
async def start_trial(runtime: Runtime, tenant_id: UUID, event_id: UUID, _payload: dict[str, Any]) -> None:
    """The plan that the company asked for begins with its trial; where it is not sold, the owner chooses later."""
    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        code = await work.session.scalar(
            select(PartnerApplication.plan).where(PartnerApplication.partner_tenant_id == tenant_id)
        )
    async with consume(runtime, tenant_id, event_id, "subscriptions.start") as work:
        if work is None or not code:
            return
        try:
            await PlanSubscriptions(work).start(code)
        except PlanNotSold:
            return


@consumers.on(PlanBilled.topic, name="subscriptions.invoice")
async def invoice(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    """Headquarters invoices the bill."""
    async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
        bill = await bill_of(work, UUID(payload["bill_id"]))
    async with consume(runtime, HQ_TENANT_ID, event_id, "subscriptions.invoice") as work:
        if work is not None:
            await invoice_bill(work, tenant_id, bill)


@consumers.on(PlanInvoiceFollowed.topic, name="subscriptions.follow_invoice")
async def follow_invoice(runtime: Runtime, tenant_id: UUID, event_id: UUID, _payload: dict[str, Any]) -> None:
    """An invoice came, was paid, or is open again."""
    async with consume(runtime, tenant_id, event_id, "subscriptions.follow_invoice") as work:
        if work is not None:
            await advance(work)


@consumers.on(SubscriptionStepped.topic, name="subscriptions.follow_standing")
async def follow_step(runtime: Runtime, tenant_id: UUID, event_id: UUID, _payload: dict[str, Any]) -> None:
    """The company becomes read-only, or works again."""
    async with consume(runtime, HQ_TENANT_ID, event_id, "subscriptions.follow_standing") as work:
        if work is not None:
            await follow_standing(work, runtime.engine("network"), tenant_id)


@consumers.on(SubscriptionStepped.topic, name="subscriptions.notify_step")
async def notify_step(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    async with consume(runtime, tenant_id, event_id, "subscriptions.notify_step") as work:
        if work is not None:
            await tell_step(work, UUID(payload["step_id"]), public_url=runtime.settings.public_url)


@consumers.on(PlanReminded.topic, name="subscriptions.notify_reminder")
async def notify_reminder(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    async with consume(runtime, tenant_id, event_id, "subscriptions.notify_reminder") as work:
        if work is not None:
            await tell_reminder(work, payload["kind"], payload["reference"], public_url=runtime.settings.public_url)


def daily_jobs(_: Runtime) -> tuple[DailyJob, ...]:
    """In every tenant; headquarters has no plan."""
    return (DailyJob("subscriptions.advance", HOUR, pass_day),)


async def pass_day(work: UnitOfWork) -> None:
    """Count what is used, and take the steps that are due."""
    await count_and_remind(work)
    await advance(work)

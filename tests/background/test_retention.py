"""Old rows are deleted tenant by tenant in small steps; what is still needed stays however old it is."""

import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.agreements.sla.models import ClockRecord, Escalation
from app.desk.tickets import Channel, TicketCreate, TicketCreation
from app.platform.background.daily_jobs import DailyJob, Schedule, Scheduler
from app.platform.background.daily_retention import begin, consumers, delete_what_expired
from app.platform.background.models import JobRun
from app.platform.background.worker import Worker
from app.platform.files import FileOwner, SafeFile, file_store_of, inspect_upload, store_file
from app.platform.files.store import file_key, thumbnail_key
from app.platform.files.tasks import delete_unreferenced_files
from app.platform.kernel.ids import new_id
from app.platform.kernel.model import TenantModel
from app.platform.kernel.outbox import OutboxEvent
from app.platform.kernel.retention import RetentionRule, delete_expired
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from app.platform.notifications import MemberRecipient, Notice, notify
from app.platform.notifications.models import Delivery, Notification
from tests.factories.network import Network, PartnerCompany
from tests.factories.pictures import photo

HALF_A_YEAR, THREE_YEARS = timedelta(days=184), timedelta(days=1096)


async def count(runtime: Runtime, partner: PartnerCompany, model: type[TenantModel]) -> int:
    async with runtime.units_of_work.begin(partner.system) as work:
        return (await work.session.execute(select(func.count(model.id)))).scalar_one()


async def counts(runtime: Runtime, partner: PartnerCompany, *models: type[TenantModel]) -> Sequence[int]:
    return [await count(runtime, partner, model) for model in models]


async def send_two_notices(runtime: Runtime, partner: PartnerCompany) -> None:
    """Two lines in the owner's bell, each sent as a letter too: one letter has arrived, one waits."""
    owner = partner.owner.membership_id
    assert owner
    addresses = [MemberRecipient(membership_id=owner, email="a@a.example")]
    async with runtime.units_of_work.begin(partner.system) as work:
        for number in range(2):
            notice = Notice(reference=f"tests:{number}", text="到期了", link="/workspace")
            await notify(work, addresses, notice, public_url=runtime.settings.public_url)
        await work.session.flush()
        first = (await work.session.scalars(select(Delivery).order_by(Delivery.id))).first()
        assert first
        first.state = "sent"


async def escalated(runtime: Runtime, network: Network, partner: PartnerCompany) -> None:
    """A ticket with a step of a clock that stands and one of a clock that still counts."""
    await network.service_level(partner)
    device_id, reporter = await network.device(await network.client(partner))
    async with runtime.units_of_work.begin(reporter) as work:
        await TicketCreation(work).create(TicketCreate(subject="开不了机", device_id=device_id), Channel.EMPLOYEE)
    async with runtime.units_of_work.begin(partner.system) as work:
        stands, counts_on = (await work.session.scalars(select(ClockRecord).order_by(ClockRecord.id))).all()[:2]
        stands.stopped_at = work.now
        for clock in (stands, counts_on):
            work.session.add(
                Escalation(
                    tenant_id=partner.id,
                    id=work.new_id(),
                    clock_id=clock.id,
                    ticket_id=clock.ticket_id,
                    kind=clock.kind,
                    step="50%/1",
                    level=1,
                    channels=[],
                    reached_at=work.now,
                )
            )


async def test_each_kind_stays_for_its_time_and_what_is_under_way_for_longer(
    runtime: Runtime, network: Network, clock: SettableClock
) -> None:
    partner, other = await network.partner(), await network.partner()
    await escalated(runtime, network, partner)
    for each in (partner, other):
        await send_two_notices(runtime, each)
    kinds = (Notification, Delivery, Escalation)

    async def after(age: timedelta) -> Sequence[int]:
        clock.set(told_at + age)
        await delete_what_expired(runtime, partner.id, new_id(), {})
        return await counts(runtime, partner, *kinds)

    told_at = clock.now()
    before = await counts(runtime, partner, *kinds)
    assert await after(HALF_A_YEAR) == before
    second = timedelta(seconds=1)
    half = await after(HALF_A_YEAR + second)
    assert (half[0], half[2]) == (0, 2)
    async with runtime.units_of_work.begin(partner.system) as work:
        assert set(await work.session.scalars(select(Delivery.state))) == {"queued"}
    assert (await after(THREE_YEARS))[2] == 2
    assert (await after(THREE_YEARS + second))[2] == 1
    async with runtime.units_of_work.begin(partner.system) as work:
        assert (
            await work.session.scalars(
                select(ClockRecord.stopped_at).join_from(Escalation, ClockRecord, ClockRecord.id == Escalation.clock_id)
            )
        ).all() == [None]
    assert await counts(runtime, other, Notification, Delivery) == [2, 2], "each tenant has a turn of its own"


async def test_a_table_is_walked_in_steps_and_twice_is_once(
    runtime: Runtime, network: Network, clock: SettableClock
) -> None:
    partner = await network.partner()

    async def run(slots: range) -> None:
        async with runtime.units_of_work.begin(partner.system) as work:
            for slot in slots:
                work.session.add(
                    JobRun(tenant_id=partner.id, id=work.new_id(), job="j", slot=str(slot), started_at=work.now)
                )

    await run(range(25))
    clock.advance(timedelta(days=10))
    await run(range(25, 30))
    rule = RetentionRule(JobRun, JobRun.started_at, lambda _: timedelta(days=5), JobRun.slot != "3")
    assert await delete_expired(runtime, partner.id, rule, step=4) == 24
    assert await delete_expired(runtime, partner.id, rule, step=4) == 0
    assert await count(runtime, partner, JobRun) == 6


async def test_the_night_s_job_reaches_every_tenant_through_the_lane_of_long_work(
    runtime: Runtime, network: Network, clock: SettableClock
) -> None:
    partner = await network.partner()
    await send_two_notices(runtime, partner)
    clock.advance(HALF_A_YEAR + timedelta(days=1))
    schedule = Schedule()
    schedule.register(DailyJob("retention.begin", 3, begin))
    for _ in range(2):
        await Scheduler(runtime, schedule).run_once()
        await Worker(runtime, consumers).run_once()
    assert await count(runtime, partner, Notification) == 0
    async with runtime.units_of_work.begin(partner.system) as work:
        topics = list(await work.session.scalars(select(OutboxEvent.topic)))
    assert topics.count("retention.day_passed") == 1


@pytest.fixture
def picture() -> SafeFile:
    return inspect_upload(photo(), "现场.jpg")


async def test_files_that_no_row_names_go_after_a_day(runtime: Runtime, network: Network, picture: SafeFile) -> None:
    partner, other = await network.partner(), await network.partner()
    store = file_store_of(runtime)
    owner = FileOwner(subject_kind="tests", subject_id=new_id())
    client = await network.client(partner)
    _, reporter = await network.device(client)
    inner = FileOwner(subject_kind="t", subject_id=new_id(), client_id=client.id, reporter_id=reporter.reporter_id)
    async with runtime.units_of_work.begin(partner.system) as work:
        kept = (await store_file(work, store, picture, owner)).id
        employees = (await store_file(work, store, picture, inner)).id
    lost = await _lost(runtime, partner, picture, owner)
    late, others = new_id(), new_id()
    for tenant_id, file_id in ((partner.id, late), (other.id, others)):
        await store.put(file_key(tenant_id, file_id), b"x")
    yesterday = runtime.clock.now() - timedelta(days=1, seconds=1)
    unfinished = _path(runtime, partner, kept).with_name(f".{kept}.0123456789abcdef")
    unfinished.write_bytes(b"x")
    for path in _files(runtime, partner):
        _date(path, yesterday)
    _date(_path(runtime, partner, late), runtime.clock.now())

    assert await delete_unreferenced_files(runtime, partner.id) == 2
    assert not await store.exists(file_key(partner.id, lost))
    assert not unfinished.exists()
    assert await store.exists(file_key(partner.id, kept))
    assert await store.exists(thumbnail_key(partner.id, kept))
    assert await store.exists(file_key(partner.id, employees)), "rows of the inner rings count"
    assert await store.exists(file_key(partner.id, late))
    assert await store.exists(file_key(other.id, others))
    assert await delete_unreferenced_files(runtime, partner.id) == 0


async def _lost(runtime: Runtime, partner: PartnerCompany, picture: SafeFile, owner: FileOwner) -> UUID:
    """A file whose row was rolled back."""
    async with runtime.units_of_work.begin(partner.system) as work:
        lost = (await store_file(work, file_store_of(runtime), picture, owner)).id
        await work.session.rollback()
    return lost


def _files(runtime: Runtime, partner: PartnerCompany) -> list[Path]:
    folder = runtime.settings.data_directory / "files" / str(partner.id)
    return [path for path in folder.rglob("*") if path.is_file()]


def _path(runtime: Runtime, partner: PartnerCompany, file_id: UUID) -> Path:
    return runtime.settings.data_directory / "files" / str(partner.id) / str(file_id)[-2:] / str(file_id)


def _date(path: Path, moment: datetime) -> None:
    os.utime(path, (moment.timestamp(), moment.timestamp()))

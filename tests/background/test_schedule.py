"""Daily jobs run once a day in every tenant, whoever schedules them."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from app.people.identity import AccountSession, AccountToken, SignInStore
from app.platform.background.daily_jobs import KEPT, DailyJob, Schedule, Scheduler
from app.platform.background.daily_retention import delete_what_expired
from app.platform.http.models import IdempotencyKey
from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.ids import new_id
from app.platform.kernel.outbox import ConsumedEvent, DueEntry, OutboxEvent
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from app.platform.kernel.unit_of_work import UnitOfWork
from app.worker import all_consumers, all_jobs, all_sweeps
from tenants.partners.models import VerificationCode
from tests.background.program import Happened
from tests.factories.network import Network


class Diary:
    """Where a job ran."""

    def __init__(self) -> None:
        self.tenants: list[UUID] = []
        self.failing = False

    async def __call__(self, work: UnitOfWork) -> None:
        if self.failing:
            raise RuntimeError
        self.tenants.append(work.tenant_id)


def scheduled(name: str, diary: Diary, *, headquarters_only: bool = False) -> Schedule:
    schedule = Schedule()
    schedule.register(DailyJob(name, 3, diary, headquarters_only))
    return schedule


def test_the_slot_is_the_date_on_which_the_hour_last_struck_in_xiamen() -> None:
    job = DailyJob("any", 3, Diary())
    assert job.slot(datetime(2026, 11, 21, 18, 59, tzinfo=UTC)) == "2026-11-21"
    assert job.slot(datetime(2026, 11, 21, 19, 0, tzinfo=UTC)) == "2026-11-22"


async def test_several_schedulers_run_a_job_once_a_day_in_every_tenant(
    runtime: Runtime, network: Network, clock: SettableClock
) -> None:
    partner = await network.partner()
    diary = Diary()
    schedulers = [Scheduler(runtime, scheduled("tests.once", diary)) for _ in range(3)]
    for day in (1, 2):
        await asyncio.gather(*(scheduler.run_once() for scheduler in schedulers))
        await asyncio.gather(*(scheduler.run_once() for scheduler in schedulers))
        assert diary.tenants.count(partner.id) == day
        assert diary.tenants.count(HQ_TENANT_ID) == day
        clock.advance(timedelta(days=1))


async def test_a_failed_run_is_tried_again_in_the_same_slot(runtime: Runtime, network: Network) -> None:
    diary = Diary()
    diary.failing = True
    scheduler = Scheduler(runtime, scheduled("tests.fails", diary, headquarters_only=True))
    assert await scheduler.run_once() == 0
    diary.failing = False
    assert await scheduler.run_once() == 1
    assert await scheduler.run_once() == 0
    assert diary.tenants == [HQ_TENANT_ID]


async def test_old_events_and_keys_are_forgotten_and_waiting_ones_kept(
    runtime: Runtime, network: Network, clock: SettableClock
) -> None:
    partner = await network.partner()
    async with runtime.units_of_work.begin(partner.system) as work:
        done, waiting = work.publish(Happened()), work.publish(Happened())
        await work.session.flush()
        for event in await work.session.scalars(select(OutboxEvent)):
            event.relayed_at = work.now
        for entry in await work.session.scalars(select(DueEntry).where(DueEntry.subject_id == done)):
            await work.session.delete(entry)
        work.session.add(
            ConsumedEvent(tenant_id=partner.id, id=work.new_id(), consumer="tests", event_id=done, consumed_at=work.now)
        )
        work.session.add(
            IdempotencyKey(
                tenant_id=partner.id,
                id=work.new_id(),
                actor_key="provider:",
                key="key",
                request_hash="",
                status=201,
                body=b"{}",
                created_at=work.now,
            )
        )
    clock.advance(KEPT + timedelta(seconds=1))
    await delete_what_expired(runtime, partner.id, new_id(), {})
    async with runtime.units_of_work.begin(partner.system) as work:
        assert list(await work.session.scalars(select(OutboxEvent.id))) == [waiting]
        for model in (ConsumedEvent, IdempotencyKey):
            assert (await work.session.execute(select(func.count(model.id)))).scalar_one() == 0


def test_what_the_areas_register_fits_together(runtime: Runtime) -> None:
    assert list(all_jobs(runtime))
    names = [listener.name for listener in all_consumers()]
    assert len(names) == len(set(names))
    assert len(dict(all_sweeps())) == len(list(all_sweeps()))


async def test_ended_sessions_links_and_codes_are_forgotten_and_living_ones_kept(
    runtime: Runtime, network: Network, clock: SettableClock
) -> None:
    store = SignInStore(runtime.engine("signin"), clock)
    account_id = network.administrator.account_id
    assert account_id
    ids = [new_id() for _ in range(4)]
    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work, store.sessions.begin() as signin:
        for number, (session_id, age) in enumerate(zip(ids, (40, 20), strict=False)):
            moment = clock.now() - timedelta(days=age)
            signin.add(AccountSession(id=session_id, token_hash=f"old-{number}", created_at=moment, expires_at=moment))
            signin.add(
                AccountToken(
                    id=session_id,
                    account_id=account_id,
                    purpose="reset",
                    token_hash=f"old-{number}",
                    created_at=moment,
                    expires_at=clock.now() - timedelta(days=2 * (1 - number)),
                )
            )
            work.session.add(
                VerificationCode(
                    tenant_id=HQ_TENANT_ID,
                    id=session_id,
                    purpose="application",
                    channel="email",
                    address="a@a.example",
                    code_hash="",
                    created_at=moment,
                    expires_at=clock.now() - timedelta(days=2 * (1 - number)),
                )
            )
        signin.add(
            AccountSession(
                id=ids[2],
                token_hash="revoked",
                created_at=clock.now() - timedelta(days=60),
                expires_at=clock.now() + timedelta(days=1),
                revoked_at=clock.now() - timedelta(days=31),
            )
        )
    await Scheduler(runtime, all_jobs(runtime)).run_once()
    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work, store.sessions() as signin:
        for session, model in (
            (signin, AccountSession),
            (signin, AccountToken),
            (work.session, VerificationCode),
        ):
            assert set(await session.scalars(select(model.id).where(model.id.in_(ids)))) == {ids[1]}

"""The security service in the demo: of each client that subscribed to it four assessed weeks and the one that runs,
some findings with tickets, the bulletin of last month, published where the client is its partner's first."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select

from app.assets.devices.models import Device
from app.demo.onboarding import Client, Partner
from app.demo.simulation import Simulation
from app.desk.security import (
    BulletinWrite,
    CheckWrite,
    FindingDismissal,
    Protection,
    RecordVersion,
    SecurityBulletins,
    SecurityFindings,
    SecurityWeeks,
    WeekAssessment,
    open_due,
    open_past_week,
)
from app.desk.security.models import SecurityBulletin, SecurityWeek
from app.platform.kernel.actor import Actor
from app.platform.kernel.time_source import PLATFORM_ZONE
from billing.addons.models import AddonOrder

WEEKS: Final = 4
MOST_COMPUTERS: Final = 80
_CATEGORY: Final = "network_security"
_WORDS: Final = (
    "病毒来自访客带来的 U 盘，隔离后没有扩散；已关闭那台电脑的自动播放。",
    "本周没有病毒事件。两台电脑长期关机，病毒库没有更新，已约时间开机。",
    "钓鱼邮件附件，邮件网关已加规则，收件人改了密码。",
)
_NEWS: Final = "本月多家企业的财务人员收到冒充税务的邮件，附件为远程控制程序。"
_URGENT: Final = "打印服务存在提权漏洞，请在两周内装好当月补丁。"
_HOLES: Final = "浏览器和办公软件各有一个高危漏洞，已随补丁计划安排。"


async def watch_security(simulation: Simulation, partners: Sequence[Partner]) -> None:
    """The service of the clients whose subscription runs."""
    for partner in partners:
        async with simulation.runtime.units_of_work.begin(Actor.system(partner.id)) as work:
            subscribed = set(
                await work.session.scalars(
                    select(AddonOrder.client_id).where(
                        AddonOrder.service_category == _CATEGORY, AddonOrder.state.in_(("active", "ending"))
                    )
                )
            )
        clients = [client for client in partner.clients if client.id in subscribed]
        for place, client in enumerate(clients):
            await _Watch(simulation, partner, client).run(published=place == 0)


class _Watch:
    """Each call in a transaction of its own."""

    def __init__(self, simulation: Simulation, partner: Partner, client: Client) -> None:
        self._begin = simulation.runtime.units_of_work.begin
        self._partner, self._client = partner, client
        self._today = simulation.clock.now().astimezone(PLATFORM_ZONE).date()
        self._rng = random.Random(client.id.int)  # noqa: S311 - repeatable on purpose

    async def run(self, *, published: bool) -> None:
        computers = await self._computers()
        if not computers:
            return
        monday = self._today - timedelta(days=self._today.weekday())
        for number in range(WEEKS, 0, -1):
            week_id = await self._week(monday - timedelta(weeks=number), computers, risk=number / WEEKS)
            await self._assess(week_id, _WORDS[number % len(_WORDS)])
        await self._decide_some()
        async with self._begin(Actor.system(self._partner.id)) as work:
            await open_due(work)
        await self._week(monday, computers[: len(computers) // 2], risk=0.2)
        if published:
            await self._publish()

    async def _computers(self) -> Sequence[UUID]:
        async with self._begin(self._partner.dispatcher) as work:
            found = await work.session.scalars(
                select(Device.id)
                .where(
                    Device.client_id == self._client.id,
                    Device.category.in_(("desktop", "laptop", "server")),
                    Device.state == "in_use",
                )
                .order_by(Device.number)
                .limit(MOST_COMPUTERS)
            )
            return found.all()

    async def _week(self, monday: date, computers: Sequence[UUID], *, risk: float) -> UUID:
        async with self._begin(Actor.system(self._partner.id)) as work:
            week_id = await open_past_week(work, self._client.id, monday)
        async with self._begin(self._partner.dispatcher) as work:
            for computer in computers:
                await SecurityWeeks(work).record(week_id, computer, self._check(monday, risk))
        return week_id

    def _check(self, monday: date, risk: float) -> CheckWrite:
        """The older the week, the more is wrong."""
        rng = self._rng
        installed = rng.random() > 0.25 * risk
        old = rng.random() < 0.3 * risk
        events = rng.choice((1, 2)) if rng.random() < 0.2 * risk else 0
        return CheckWrite(
            version=0,
            protection=Protection.INSTALLED if installed else Protection.MISSING,
            definitions_on=monday - timedelta(days=10 if old else rng.randrange(0, 3)) if installed else None,
            virus_events=events,
            virus_names=rng.choice(("Trojan.Agent", "Worm.AutoRun", "Phishing.Doc")) if events else "",
            missing_patches=rng.choice((0, 0, 0, 2, 5)) if rng.random() < risk else 0,
        )

    async def _assess(self, week_id: UUID, words: str) -> None:
        async with self._begin(self._partner.dispatcher) as work:
            seen = (await SecurityWeeks(work).get(week_id)).version
            await SecurityWeeks(work).assess(week_id, WeekAssessment(assessment=words, version=seen))

    async def _decide_some(self) -> None:
        """The first finding becomes a ticket, the second is dismissed."""
        async with self._begin(self._partner.dispatcher) as work:
            weeks = await work.session.scalars(
                select(SecurityWeek.id).where(SecurityWeek.client_id == self._client.id).order_by(SecurityWeek.monday)
            )
            found = [each.id for week_id in weeks for each in (await SecurityWeeks(work).get(week_id)).findings]
            if found:
                await SecurityFindings(work).to_ticket(found[0])
            if len(found) > 1:
                await SecurityFindings(work).dismiss(found[1], FindingDismissal(reason="电脑本月报废，不再使用。"))

    async def _publish(self) -> None:
        async with self._begin(self._partner.dispatcher) as work:
            bulletin_id = await work.session.scalar(
                select(SecurityBulletin.id).where(SecurityBulletin.client_id == self._client.id)
            )
            if bulletin_id is None:
                return
            bulletins = SecurityBulletins(work)
            draft = await bulletins.get(bulletin_id)
            words = BulletinWrite(
                version=draft.version,
                summary=draft.summary,
                industry_news=_NEWS,
                urgent_notices=_URGENT,
                virus_notices=draft.virus_notices,
                vulnerability_notices=_HOLES,
            )
            await bulletins.write(bulletin_id, words)
            await bulletins.publish(bulletin_id, RecordVersion(version=draft.version + 1))

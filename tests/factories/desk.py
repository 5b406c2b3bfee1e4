"""A busy morning at a partner's desk in Xiamen, made through the services: every state, promises kept and broken."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from app.agreements.catalogue import provision_catalogue
from app.agreements.sla import Impact, Urgency
from app.assets.clients.models import Employee
from app.desk.engineers.models import EngineerSkill
from app.desk.hot_line import Call, HotLineService
from app.desk.tickets import (
    Assignment,
    ConfirmationService,
    ConfirmedBy,
    DeskResolution,
    DispatchService,
    TicketCreate,
    TicketMessage,
    Triage,
    TriageService,
    VisitService,
    Waiting,
)
from app.platform.kernel.actor import Actor
from app.platform.kernel.ids import new_id
from app.platform.kernel.time_source import SettableClock
from app.platform.promises import WaitReason
from tests.factories.network import ClientCompany, Network, PartnerCompany

SKILLS = ((0, "network", 3), (1, "peripheral", 3), (1, "desktop", 2), (2, "desktop", 1))
"""Which engineer masters which product category how well."""


@dataclass
class Desk:
    """One partner with three clients, engineers and the morning's tickets by what is wrong."""

    partner: PartnerCompany
    clients: list[ClientCompany]
    engineers: list[Actor]
    devices: dict[str, UUID] = field(default_factory=dict)
    tickets: dict[str, UUID] = field(default_factory=dict)

    @property
    def dispatcher(self) -> Actor:
        return self.partner.dispatcher


class DeskMaker:
    """Makes a desk on a network; the clock moves as the morning goes on and stays where it ends."""

    def __init__(self, network: Network, clock: SettableClock) -> None:
        self.network = network
        self.units_of_work = network.runtime.units_of_work
        self.clock = clock
        self.desk: Desk

    async def morning(self) -> Desk:
        """From 9.30 to 11.10 on the clock's Monday."""
        start = self.clock.now()
        await self._people()
        await self._call(
            "三楼整层上不了网，收银也停了", "XM-SW-0003", Impact.HIGH, Urgency.HIGH, "三楼全断，无线也连不上。"
        )
        await self._assigned("三楼整层上不了网，收银也停了", 0, depart=True)
        await self._call("投影没有信号，十点半要开会", "XM-PJ-0002", Impact.MEDIUM, Urgency.MEDIUM, classified=False)
        self.clock.set(start + timedelta(minutes=20))
        await self._call("财务打印机卡纸，凭证打不出来", "XM-PR-0011", Impact.MEDIUM, Urgency.MEDIUM)
        await self._assigned("财务打印机卡纸，凭证打不出来", 1, arrive=True)
        await self._call("新同事电脑装 Office 和 ERP 客户端", "XM-PC-0117", Impact.LOW, Urgency.LOW)
        await self._waiting("新同事电脑装 Office 和 ERP 客户端", WaitReason.CLIENT, "等客户提供 ERP 账号")
        self.clock.set(start + timedelta(minutes=55))
        await self._call("Outlook 密码过期，登不上", "XM-PC-0042", Impact.LOW, Urgency.HIGH)
        await self._solved("Outlook 密码过期，登不上", "重置密码并重新登录，收发正常")
        await self._call("服务器备份报错，请远程看一下", "XM-SV-0001", Impact.MEDIUM, Urgency.HIGH)
        await self._assigned("服务器备份报错，请远程看一下", 2)
        await self._call("电脑开机蓝屏，反复重启", "XM-PC-0117", Impact.LOW, Urgency.HIGH, "昨天装完驱动就这样。")
        await self._call("扫码枪扫不出来", "XM-PC-0042", Impact.LOW, Urgency.MEDIUM, classified=False)
        await self._call("鼠标左键失灵", "XM-PC-0042", Impact.LOW, Urgency.LOW)
        await self._solved("鼠标左键失灵", "换了备用鼠标")
        await self._confirmed("鼠标左键失灵")
        await self._talk("财务打印机卡纸，凭证打不出来")
        self.clock.set(start + timedelta(minutes=100))
        return self.desk

    async def _people(self) -> None:
        network = self.network
        partner = await network.partner("厦门鹭光信息服务有限公司")
        await network.service_level(partner)
        names = ("鹭岛海产贸易有限公司", "厦门市同安区闽南古厝文化旅游发展集团股份有限公司", "集美光电科技有限公司")
        clients = [await network.client(partner, name) for name in names]
        engineers = [
            await network.engineer(partner, "陈嘉木", "senior"),
            await network.engineer(partner, "林晓彤", "middle"),
            await network.engineer(partner, "王志远", "junior"),
        ]
        self.desk = Desk(partner, clients, engineers)
        for number, place, holder in (
            ("XM-SW-0003", 0, "黄雅婷"),
            ("XM-PJ-0002", 0, "蔡文斌"),
            ("XM-PR-0011", 1, "吴丽云"),
            ("XM-PC-0117", 2, "林国栋"),
            ("XM-PC-0042", 2, "许静"),
            ("XM-SV-0001", 2, "郑凯"),
        ):
            self.desk.devices[number] = (await network.device(clients[place], number, holder))[0]
        async with self.units_of_work.begin(partner.system) as work:
            await provision_catalogue(work)
            for engineer, category, grade in (
                (0, "network", 3),
                (1, "peripheral", 3),
                (1, "desktop", 2),
                (2, "desktop", 1),
            ):
                work.session.add(
                    EngineerSkill(
                        tenant_id=partner.id,
                        id=new_id(),
                        engineer_id=engineers[engineer].membership_id,
                        product_category=category,
                        grade=grade,
                    )
                )
            work.session.add(
                Employee(
                    tenant_id=partner.id,
                    id=new_id(),
                    client_id=clients[0].id,
                    name="林美玲",
                    phone="0592-5550123",
                    vip=True,
                    department_id=clients[0].department_id,
                )
            )

    async def _call(
        self, subject: str, device: str, impact: Impact, urgency: Urgency, words: str = "", *, classified: bool = True
    ) -> None:
        fault = TicketCreate(
            subject=subject,
            device_id=self.desk.devices[device],
            description=words,
            service_category="hardware",
            product_category="desktop",
            impact=impact,
            urgency=urgency,
            contact_phone="0592-5550123",
        )
        async with self.units_of_work.begin(self.desk.dispatcher) as work:
            self.desk.tickets[subject] = (await HotLineService(work).log(Call(fault, classified=classified))).id

    async def _assigned(self, subject: str, engineer: int, *, depart: bool = False, arrive: bool = False) -> None:
        start = self._next_hour()
        who = self.desk.engineers[engineer]
        assert who.membership_id
        assignment = Assignment(who.membership_id, start, start + timedelta(hours=2), note="先恢复收银那台交换机。")
        async with self.units_of_work.begin(self.desk.dispatcher) as work:
            visit_id = await DispatchService(work).assign(self.desk.tickets[subject], assignment)
        for step in ("accept",) * (depart or arrive) + ("depart",) * (depart or arrive) + ("arrive",) * arrive:
            async with self.units_of_work.begin(who) as work:
                await getattr(VisitService(work), step)(visit_id)

    def _next_hour(self) -> datetime:
        return self.clock.now().replace(minute=0, second=0) + timedelta(hours=1)

    async def _waiting(self, subject: str, reason: WaitReason, words: str) -> None:
        async with self.units_of_work.begin(self.desk.dispatcher) as work:
            await TriageService(work).wait(self.desk.tickets[subject], Waiting(reason, words))

    async def _solved(self, subject: str, words: str) -> None:
        ticket_id = self.desk.tickets[subject]
        async with self.units_of_work.begin(self.desk.dispatcher) as work:
            await TriageService(work).triage(ticket_id, Triage("software", "platform", Impact.LOW, Urgency.HIGH))
            await VisitService(work).resolve_from_desk(ticket_id, DeskResolution(words))

    async def _confirmed(self, subject: str) -> None:
        async with self.units_of_work.begin(self.desk.dispatcher) as work:
            await ConfirmationService(work).confirm(self.desk.tickets[subject], ConfirmedBy.CALL_BACK)

    async def _talk(self, subject: str) -> None:
        ticket_id = self.desk.tickets[subject]
        async with self.units_of_work.begin(self.desk.dispatcher) as work:
            await TriageService(work).reply(ticket_id, TicketMessage("林工已经到楼下，请前台放行。"))
            await TriageService(work).add_note(ticket_id, TicketMessage("客户脾气急，先安抚，再拆机。"))

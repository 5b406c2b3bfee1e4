"""Set-up of the demo network through the services: headquarters, partners with staff, clients and devices."""

import csv
import io
import random
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from app.assets.clients import (
    ClientCreate,
    ClientService,
    ContactCreate,
    ContactService,
    DepartmentCreate,
    DepartmentService,
    EngagementModel,
    SiteCreate,
    SiteService,
)
from app.assets.devices import PinRequest
from app.assets.devices.models import Device, DevicePin
from app.assets.devices.web_interface import PinService
from app.demo.sample_data import (
    CATEGORY_WEIGHTS,
    GIVEN_NAMES,
    MODELS,
    PASSWORD,
    PIN,
    SURNAMES,
    ClientCompany,
    PartnerCompany,
)
from app.demo.saved_views import save_views
from app.demo.simulation import Simulation
from app.desk.engineers import EngineerLevel, EngineerService, EngineerUpdate, SkillGrade
from app.people.identity import (
    DeliveryQueue,
    IdentityDependencies,
    InvitationAcceptance,
    InvitationCreate,
    Invitations,
    Membership,
    initialise,
)
from app.people.identity.web_interface import InvitationAcceptances, SignInContext
from app.platform.files import file_store_of
from app.platform.imports.service import ImportService
from app.platform.kernel.actor import HQ_TENANT_ID, Actor, ActorKind
from app.platform.kernel.invariants import present
from app.platform.kernel.time_source import platform_day
from app.platform.kernel.unit_of_work import Origin
from rbac import permissions_of
from rbac.roles import is_scoped
from tenants.partners import (
    AddressVerification,
    ApplicationApproval,
    ApplicationCreate,
    CodeRequest,
    PartnerApplications,
    SignUpSettings,
    Vetting,
    city,
)

MAIL_DOMAIN = "yinghuo.example"
FINANCE_EMAIL = f"finance@{MAIL_DOMAIN}"
"""Of headquarters."""
_LOCAL_ORIGIN = Origin(network_address="127.0.0.1")


@dataclass
class Client:
    """A client of the demo with its people."""

    id: UUID
    company: ClientCompany
    contact: Actor
    contact_email: str
    approver: Actor
    approver_email: str
    portal: str
    demo_device_number: str = ""
    finance_email: str = ""
    """Whoever pays the invoices signs in with it; of each partner's first client."""


@dataclass
class Partner:
    """A partner of the demo with its people; e-mail addresses by role for the visitor."""

    id: UUID
    company: PartnerCompany
    owner: Actor
    dispatcher: Actor
    engineers: list[Actor] = field(default_factory=list)
    others: list[Actor] = field(default_factory=list)
    clients: list[Client] = field(default_factory=list)
    emails: dict[str, str] = field(default_factory=dict)


class Onboarding:
    """Sets up headquarters, partners and clients through the services, as the actors that would do it."""

    def __init__(self, simulation: Simulation, rng: random.Random) -> None:
        self.simulation = simulation
        self.runtime = simulation.runtime
        self.units_of_work = simulation.runtime.units_of_work
        self.rng = rng
        self.dependencies = IdentityDependencies.of(self.runtime, DeliveryQueue())
        self.sign_up = SignUpSettings.of(self.runtime)
        self.acceptances = InvitationAcceptances(self.units_of_work, self.dependencies)
        self._people_count = 0

    async def headquarters(self) -> tuple[Actor, str]:
        """Create headquarters' first administrator by the one-time link; returns actor and e-mail address."""
        link = await initialise(self.runtime)
        email = f"hq@{MAIL_DOMAIN}"
        given = InvitationAcceptance(password=PASSWORD, display_name="总部 周岚", email=email)
        accepted = await self.acceptances.accept(
            HQ_TENANT_ID, link.rsplit("/", 1)[1], given, SignInContext(_LOCAL_ORIGIN)
        )
        await self.simulation.run_due_work()
        administrator = await self._actor(HQ_TENANT_ID, accepted.membership_id)
        await self._invite(administrator, FINANCE_EMAIL, "总部 许敏", "hq_finance")
        return administrator, email

    async def partner(self, company: PartnerCompany, administrator: Actor) -> Partner:
        """Apply, approve and provision a partner, then invite its staff and add its clients."""
        email = f"owner@{company.slug}.example"
        async with self.units_of_work.begin(Actor.visitor(), _LOCAL_ORIGIN) as work:
            await AddressVerification(work, self.sign_up).send_code(CodeRequest(email))
        code = await self.simulation.latest_code_for(HQ_TENANT_ID, email)
        async with self.units_of_work.begin(Actor.visitor(), _LOCAL_ORIGIN) as work:
            await PartnerApplications(work, self.sign_up).apply(
                ApplicationCreate(
                    legal_name=company.legal_name,
                    credit_code=company.credit_code,
                    city_code=company.city_code,
                    slug=company.slug,
                    plan="standard",
                    contact_name=company.owner,
                    mobile="13800138000",
                    email=email,
                    email_code=code,
                    hotline=company.hotline,
                    introduction=company.introduction,
                )
            )
        tenant_id = await self._approve(company, administrator)
        await self.simulation.run_due_work()
        owner = await self._accept_invitation(tenant_id, email, company.owner)
        made = Partner(tenant_id, company, owner, owner, emails={"owner": email})
        await self._staff(made)
        for each in company.clients:
            made.clients.append(await self._client(made, each))
        await save_views(self.units_of_work, owner)
        return made

    async def _approve(self, company: PartnerCompany, administrator: Actor) -> UUID:
        self.simulation.clock.advance(timedelta(hours=3))
        async with self.units_of_work.begin(administrator) as work:
            vetting = Vetting(work, self.sign_up.public_url)
            waiting = await vetting.waiting(1)
            detail = await vetting.application(waiting[0].id)
            approved = await vetting.approve(
                detail.id,
                ApplicationApproval(
                    version=detail.version,
                    star_level=company.star_level,
                    territory=list(company.territory),
                    authorisations=list(company.authorisations),
                    begin_as="active",
                    reason="资料齐全,现场考察合格",
                ),
            )
        return present(approved.partner_id, "an approved application names its partner")

    async def _staff(self, partner: Partner) -> None:
        company, slug = partner.company, partner.company.slug
        people = [
            (company.manager, "manager", "service_manager"),
            (company.dispatcher, "dispatcher", "dispatcher"),
            (company.quality_agent, "quality", "quality_agent"),
        ]
        people += [(name, f"engineer{place}", "engineer") for place, (name, *_) in enumerate(company.engineers, 1)]
        for name, mailbox, role in people:
            email = f"{mailbox}@{slug}.example"
            actor = await self._invite(partner.owner, email, name, role)
            partner.emails[mailbox] = email
            if role == "dispatcher":
                partner.dispatcher = actor
            elif role == "engineer":
                partner.engineers.append(actor)
            else:
                partner.others.append(actor)
        await self.simulation.run_due_work()
        for actor, (_, level, skills) in zip(partner.engineers, company.engineers, strict=True):
            await self._grade(partner.owner, actor, level, skills)

    async def _grade(self, owner: Actor, engineer: Actor, level: str, skills: tuple[str, ...]) -> None:
        membership_id = present(engineer.membership_id, "staff have memberships")
        async with self.units_of_work.begin(owner) as work:
            service = EngineerService(work)
            known = await service.get(membership_id)
            grades = {code: SkillGrade(3 if place == 0 else 2) for place, code in enumerate(skills)}
            await service.update(
                membership_id,
                EngineerUpdate(
                    level=EngineerLevel(level),
                    version=known.version,
                    phone=f"1390000{self.rng.randrange(1000, 9999)}",
                    skills=grades,
                ),
            )

    async def _client(self, partner: Partner, company: ClientCompany) -> Client:
        client_id = await self.add_client(partner, company)
        email = f"it@{company.code}.example"
        contact = await self._invite(partner.owner, email, company.contact, "client_administrator", client_id)
        approver_email = f"approver.{company.code}@{MAIL_DOMAIN}"
        approver = await self._invite(
            partner.owner, approver_email, f"{company.contact[0]}总", "client_approver", client_id
        )
        portal = f"/r/{partner.company.slug}/{company.code}"
        made = Client(client_id, company, contact, email, approver, approver_email, portal)
        if not partner.clients:
            made.finance_email = f"finance@{company.code}.example"
            await self._invite(partner.owner, made.finance_email, "许会计", "client_finance", client_id)
        await self._devices(partner, made)
        return made

    async def add_client(self, partner: Partner, company: ClientCompany) -> UUID:
        """Create a client with sites, departments and contact, without inviting the contact."""
        place = city(partner.company.city_code)
        async with self.units_of_work.begin(partner.owner) as work:
            client = await ClientService(work).create(
                ClientCreate(
                    name=company.name,
                    code=company.code,
                    short_name=company.short_name,
                    industry=company.industry,
                    city_code=place.code if place else "",
                    engagement_models=[EngagementModel.RETAINER],
                )
            )
            for name, address in company.sites:
                await SiteService(work).create(client.id, SiteCreate(name=name, address=address))
            for name in company.departments:
                await DepartmentService(work).create(client.id, DepartmentCreate(name=name))
            await ContactService(work).create(client.id, ContactCreate(name=company.contact, function="IT 主管"))
        return client.id

    async def _devices(self, partner: Partner, client: Client) -> None:
        """Import the client's devices and employees and issue PINs; the first device gets the known demo PIN."""
        await self.import_devices(partner, client.id, client.company)
        await self.simulation.run_due_work()
        async with self.units_of_work.begin(partner.owner) as work:
            wanted = select(Device.id, Device.number).where(Device.client_id == client.id).order_by(Device.number)
            devices = (await work.session.execute(wanted)).all()
            demo_device_id, client.demo_device_number = devices[0]
            await PinService(
                work, self.dependencies.store, self.dependencies.passwords, self.runtime.settings.public_url
            ).issue(PinRequest(device_ids=[device_id for device_id, _ in devices[:5]], print_anyway=True))
        async with self.units_of_work.begin(Actor.system(partner.id)) as work:
            pin = (await work.session.scalars(select(DevicePin).where(DevicePin.device_id == demo_device_id))).one()
            pin.pin_hash = await self.dependencies.passwords.hash(PIN)
        await self._import(
            partner, client.id, "employees", f"{client.company.short_name}员工名单", _office_list(client.company)
        )
        await self.simulation.run_due_work()

    async def import_devices(self, partner: Partner, client_id: UUID, company: ClientCompany) -> None:
        """Upload and confirm the client's device list; due work writes it."""
        await self._import(partner, client_id, "devices", f"{company.short_name}设备清单", self._device_list(company))

    async def _import(self, partner: Partner, client_id: UUID, kind: str, name: str, content: bytes) -> None:
        async with self.units_of_work.begin(partner.owner) as work:
            service = ImportService(work, self.runtime, file_store_of(self.runtime))
            run = await service.upload(kind, client_id, f"{name}.csv", content)
        async with self.units_of_work.begin(partner.owner) as work:
            service = ImportService(work, self.runtime, file_store_of(self.runtime))
            await service.confirm(run.id, run.version)

    def _device_list(self, company: ClientCompany) -> bytes:
        out = io.StringIO()
        sheet = csv.writer(out)
        sheet.writerow(
            ["设备编号", "类别", "品牌", "型号", "序列号", "使用人", "部门", "网点", "IP地址", "购买日期", "保修到期"]
        )
        categories = self.rng.choices(
            list(CATEGORY_WEIGHTS), weights=list(CATEGORY_WEIGHTS.values()), k=company.devices
        )
        categories[0] = "desktop"
        category_labels = {"desktop": "台式机", "laptop": "笔记本", "printer": "打印机", "switch": "交换机"}
        today = platform_day(self.simulation.clock.now())
        for number, category in enumerate(categories, 1):
            brand, model = self.rng.choice(MODELS[category])
            bought = today - timedelta(days=self.rng.randrange(60, 2200))
            is_shared = category in ("printer", "switch")
            sheet.writerow(
                [
                    f"{company.code[:2].upper()}-{number:04d}",
                    category_labels[category],
                    brand,
                    model,
                    f"SN{self.rng.randrange(10**9, 10**10)}",
                    "公用" if is_shared else self._person(),
                    self.rng.choice(company.departments),
                    self.rng.choice(company.sites)[0],
                    f"192.168.{number // 250 + 1}.{number % 250 + 2}",
                    bought.isoformat(),
                    (bought + timedelta(days=1095)).isoformat(),
                ]
            )
        return out.getvalue().encode("utf-8-sig")

    def _person(self) -> str:
        return self.rng.choice(SURNAMES) + self.rng.choice(GIVEN_NAMES)

    async def _invite(self, by: Actor, email: str, name: str, role: str, client_id: UUID | None = None) -> Actor:
        async with self.units_of_work.begin(by) as work:
            await Invitations(work, self.dependencies).invite(InvitationCreate(email, name, [role], client_id))
        return await self._accept_invitation(by.tenant_id, email, name)

    async def _accept_invitation(self, tenant_id: UUID, email: str, name: str) -> Actor:
        """Accept the newest invitation with the demo password, each person from their own network address."""
        token = await self.simulation.latest_invitation_for(tenant_id, email)
        self._people_count += 1
        context = SignInContext(replace(_LOCAL_ORIGIN, network_address=f"127.0.1.{self._people_count}"))
        given = InvitationAcceptance(password=PASSWORD, display_name=name)
        accepted = await self.acceptances.accept(tenant_id, token, given, context)
        return await self._actor(tenant_id, accepted.membership_id)

    async def _actor(self, tenant_id: UUID, membership_id: UUID) -> Actor:
        async with self.units_of_work.begin(Actor.system(tenant_id)) as work:
            member = (await work.session.scalars(select(Membership).where(Membership.id == membership_id))).one()
        if member.client_id is not None:
            kind = ActorKind.CLIENT
        else:
            kind = ActorKind.HQ if tenant_id == HQ_TENANT_ID else ActorKind.PROVIDER
        permissions = permissions_of(kind, member.roles)
        held = kind is ActorKind.PROVIDER and is_scoped(member.access_scope, permissions)
        return Actor(
            kind=kind,
            tenant_id=tenant_id,
            client_id=member.client_id,
            account_id=member.account_id,
            membership_id=membership_id,
            display_name=member.display_name,
            roles=tuple(member.roles),
            permissions=permissions,
            clients=frozenset() if held else None,
        )


def _office_list(company: ClientCompany) -> bytes:
    """The list of a client's office, as its personnel department sends it: with a total at its end."""
    rows = ["工号,姓名,部门,网点,手机,邮箱,VIP"]
    for number, (given, department) in enumerate(zip(GIVEN_NAMES, company.departments * 3, strict=False), 1):
        name = SURNAMES[-number % len(SURNAMES)] + given
        email = f"{company.code}{number:03d}@{company.code}.example"
        vip = "是" if number == 1 else ""
        rows.append(f"{number:04d},{name},{department},{company.sites[0][0]},1390592{number:04d},{email},{vip}")
    return "\n".join([*rows, f"合计,{len(rows) - 1} 人"]).encode("gb18030")

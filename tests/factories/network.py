"""Makes tenants, people, clients and devices for tests, row by row as the platform itself."""

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import update

from app.agreements.sla import CALENDAR_TEMPLATES, POLICY_TEMPLATES, SlaPolicyDocument
from app.agreements.sla.models import (
    ServiceCalendarRecord,
    ServiceCalendarVersion,
    SlaAssignment,
    SlaPolicy,
    SlaPolicyVersion,
)
from app.assets.clients.models import Client, Department, Employee, Site
from app.assets.devices.models import Device
from app.desk.engineers.models import Engineer
from app.people.identity import Account, AccountSession, Membership, Reporter, SignInStore, kind_of_member, token_hash
from app.people.identity.api_tokens import NOT_FOR_PROGRAMS
from app.people.identity.sessions import PREFIX
from app.platform.kernel.actor import HQ_TENANT_ID, Actor, ActorKind
from app.platform.kernel.ids import new_id
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import Origin
from rbac import permissions_of
from rbac.roles import AccessScope, is_scoped
from tenants.models import Tenant, TenantProfile
from tenants.partners import SERVICE_CATEGORIES

_serial = count(1)


@dataclass
class ClientCompany:
    """One client of a partner with a site, a department and an IT contact."""

    partner: "PartnerCompany"
    id: UUID
    name: str
    code: str
    site_id: UUID
    department_id: UUID
    contact: Actor = field(init=False)


@dataclass
class PartnerCompany:
    """One partner tenant with its staff."""

    id: UUID
    slug: str
    name: str
    owner: Actor = field(init=False)
    dispatcher: Actor = field(init=False)

    @property
    def system(self) -> Actor:
        return Actor.system(self.id)


class Network:
    """The network under test. `prepare()` makes headquarters once per database."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.signin = SignInStore(runtime.engine("signin"), runtime.clock)
        self.administrator: Actor

    async def prepare(self) -> None:
        await self._tenant(HQ_TENANT_ID, "hq", "headquarters", "萤火总部")
        self.administrator = await self.member(HQ_TENANT_ID, "总部管理员", ["hq_administrator"])

    async def partner(self, name: str = "厦门赢定信息科技有限公司") -> PartnerCompany:
        """A partner tenant with an owner and a dispatcher."""
        number = next(_serial)
        made = PartnerCompany(new_id(), f"partner-{number}", name)
        await self._tenant(made.id, "partner", made.slug, name)
        made.owner = await self.member(made.id, "陈总", ["partner_owner"])
        made.dispatcher = await self.member(made.id, "林小燕", ["dispatcher"])
        return made

    async def _tenant(self, tenant_id: UUID, kind: str, slug: str, name: str) -> None:
        now = self.runtime.clock.now()
        async with self.runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
            work.session.add(
                Tenant(
                    id=tenant_id,
                    kind=kind,
                    slug=slug,
                    name=name,
                    state="active",
                    created_at=now,
                    authorised_categories=[
                        code for code, each in SERVICE_CATEGORIES.items() if not each.separately_billed
                    ],
                )
            )
        async with self.runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
            work.session.add(
                TenantProfile(tenant_id=tenant_id, id=tenant_id, name=name, slug=slug, hotline="0592-5551234")
            )

    async def authorise(self, partner: PartnerCompany, *categories: str) -> None:
        """Headquarters authorises the partner for these service categories alone."""
        async with self.runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
            await work.session.execute(
                update(Tenant).where(Tenant.id == partner.id).values(authorised_categories=sorted(categories))
            )

    async def service_level(
        self, partner: PartnerCompany, template: str = "office_hours", document: SlaPolicyDocument | None = None
    ) -> None:
        """The partner's default policy and calendar, from a shipped template; or `document` in its hours."""
        policy = next(each for each in POLICY_TEMPLATES if each.code == template)
        calendar = next(each for each in CALENDAR_TEMPLATES if each.code == policy.calendar_code)
        ids = [new_id() for _ in range(4)]
        async with self.runtime.units_of_work.begin(partner.system) as work:
            stamp: dict[str, Any] = {"tenant_id": partner.id, "created_at": work.now, "created_by": "test"}
            policy_document = msgspec.to_builtins(document or policy.policy)
            calendar_document = msgspec.to_builtins(calendar.calendar)
            work.session.add(SlaPolicyVersion(id=ids[0], policy_id=ids[1], document=policy_document, **stamp))
            work.session.add(ServiceCalendarVersion(id=ids[2], calendar_id=ids[3], document=calendar_document, **stamp))
            work.session.add(SlaPolicy(tenant_id=partner.id, id=ids[1], name=template, current_version_id=ids[0]))
            work.session.add(
                ServiceCalendarRecord(tenant_id=partner.id, id=ids[3], name=template, current_version_id=ids[2])
            )
            await work.session.flush()
            work.session.add(
                SlaAssignment(tenant_id=partner.id, id=new_id(), client_id=None, policy_id=ids[1], calendar_id=ids[3])
            )

    async def engineer(self, partner: PartnerCompany, name: str = "张师傅", level: str = "middle") -> Actor:
        """An engineer of the partner."""
        actor = await self.member(partner.id, name, ["engineer"])
        assert actor.membership_id
        async with self.runtime.units_of_work.begin(partner.system) as work:
            work.session.add(Engineer(tenant_id=partner.id, id=actor.membership_id, display_name=name, level=level))
        return actor

    async def member(self, tenant_id: UUID, name: str, roles: list[str], client_id: UUID | None = None) -> Actor:
        """A person with an account and a membership, as the actor that a session would make of them."""
        account_id, membership_id, now = new_id(), new_id(), self.runtime.clock.now()
        email = f"person-{next(_serial)}@example.com"
        async with self.signin.sessions.begin() as session:
            session.add(Account(id=account_id, email=email, display_name=name, created_at=now))
        async with self.runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
            work.session.add(
                Membership(
                    tenant_id=tenant_id,
                    id=membership_id,
                    account_id=account_id,
                    client_id=client_id,
                    display_name=name,
                    email=email,
                    roles=roles,
                    created_at=now,
                )
            )
        kind = kind_of_member(tenant_id, client_id)
        permissions = permissions_of(kind, roles)
        held = kind is ActorKind.PROVIDER and is_scoped(AccessScope.BY_ROLE, permissions)
        return Actor(
            kind=kind,
            tenant_id=tenant_id,
            client_id=client_id,
            account_id=account_id,
            membership_id=membership_id,
            display_name=name,
            roles=tuple(roles),
            permissions=permissions,
            clients=frozenset() if held else None,
        )

    async def joins(self, member: Actor, client: ClientCompany) -> None:
        """A client's person looks after another client of the same partner too."""
        async with self.runtime.units_of_work.begin(client.partner.system) as work:
            work.session.add(
                Membership(
                    tenant_id=client.partner.id,
                    id=work.new_id(),
                    account_id=member.account_id,
                    client_id=client.id,
                    display_name=member.display_name,
                    roles=list(member.roles),
                    created_at=work.now,
                )
            )

    async def suspend(self, member: Actor) -> None:
        """The member may not sign in any more."""
        async with self.runtime.units_of_work.begin(Actor.system(member.tenant_id)) as work:
            await work.session.execute(
                update(Membership).where(Membership.id == member.membership_id).values(state="suspended")
            )

    async def client(self, partner: PartnerCompany, name: str = "厦门建发集团") -> ClientCompany:
        """A client with a site, a department and an IT contact."""
        number = next(_serial)
        made = ClientCompany(partner, new_id(), name, f"client-{number}", new_id(), new_id())
        async with self.runtime.units_of_work.begin(partner.system) as work:
            work.session.add(
                Client(
                    tenant_id=partner.id,
                    id=made.id,
                    code=made.code,
                    name=name,
                    short_name=name[:8],
                    engagement_models=["retainer"],
                    created_at=work.now,
                )
            )
            await work.session.flush()
            ring: dict[str, Any] = {"tenant_id": partner.id, "client_id": made.id}
            work.session.add(Site(id=made.site_id, name="总部大楼", **ring))
            work.session.add(Department(id=made.department_id, name="财务部", **ring))
        made.contact = await self.member(partner.id, "王工", ["client_administrator"], made.id)
        return made

    async def device(
        self, client: ClientCompany, number: str | None = None, holder: str = "李静"
    ) -> tuple[UUID, Actor]:
        """A device held by an employee, and the reporter that this employee is."""
        ring: dict[str, Any] = {"tenant_id": client.partner.id, "client_id": client.id}
        employee_id, reporter_id, device_id = new_id(), new_id(), new_id()
        async with self.runtime.units_of_work.begin(client.partner.system) as work:
            work.session.add(
                Employee(
                    id=employee_id, name=holder, site_id=client.site_id, department_id=client.department_id, **ring
                )
            )
            await work.session.flush()
            work.session.add(Reporter(id=reporter_id, employee_id=employee_id, display_name=holder, **ring))
            await work.session.flush()
            work.session.add(
                Device(
                    id=device_id,
                    number=number or f"PC-{next(_serial):04d}",
                    category="desktop",
                    brand="联想",
                    model="ThinkCentre M720",
                    site_id=client.site_id,
                    department_id=client.department_id,
                    employee_id=employee_id,
                    reporter_id=reporter_id,
                    created_at=work.now,
                    **ring,
                )
            )
        reporter = Actor(
            kind=ActorKind.REPORTER,
            reporter_id=reporter_id,
            display_name=holder,
            roles=("reporter",),
            permissions=permissions_of(ActorKind.REPORTER, ("reporter",)),
            **ring,
        )
        return device_id, reporter

    async def token(self, actor: Actor) -> str:
        """A session's token for `actor`."""
        if actor.kind is ActorKind.REPORTER:
            assert actor.client_id
            assert actor.reporter_id
            opened = await self.signin.open_for_reporter(
                actor.tenant_id, actor.client_id, actor.reporter_id, device_id=new_id(), origin=Origin()
            )
        else:
            assert actor.account_id
            assert actor.membership_id
            async with self.signin.sessions() as session:
                account = await session.get_one(Account, actor.account_id)
            opened = await self.signin.open_for_member(account, actor.tenant_id, actor.membership_id, Origin())
        return opened.token

    async def program(self, maker: Actor, *, reads_only: bool = False) -> str:
        """An API token with everything that `maker` may put into one."""
        assert maker.account_id
        token = f"{PREFIX}{new_id().hex}{new_id().hex}"
        now = self.runtime.clock.now()
        async with self.signin.sessions.begin() as session:
            session.add(
                AccountSession(
                    id=new_id(),
                    token_hash=token_hash(token),
                    account_id=maker.account_id,
                    tenant_id=maker.tenant_id,
                    membership_id=maker.membership_id,
                    created_at=now,
                    expires_at=now + timedelta(days=90),
                    token_name="程序",
                    scopes=sorted(maker.permissions - NOT_FOR_PROGRAMS),
                    reads_only=reads_only,
                )
            )
        return token

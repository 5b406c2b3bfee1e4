"""A partner with everything, and an empty installation beside it."""

import hashlib
import os
import re
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import select, update

from app.people.identity import initialise
from app.platform.files import FileOwner, SafeFile, file_store_of, store_file
from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.ids import new_id
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.settings import Settings
from app.platform.kernel.time_source import SettableClock
from migrations.registry import mapped_classes
from tenants.data_lifecycle.tables import TenantTables
from tenants.models import Tenant
from tenants.partners.models import Partner, PartnerApplication, PartnerTerritory, PartnerTransition
from tests.conftest import _clone
from tests.factories.network import Network, PartnerCompany
from tests.program_processes import environment_of
from tests.tenants.data_lifecycle.size import fill

TICKETS = int(os.environ.get("YINGHUO_TENANT_TICKETS", "3000"))
"""Set YINGHUO_TENANT_TICKETS=100000 to try it at full size."""
FILES = 120


@dataclass
class Installation:
    """A database with the program's runtime on it, and a superuser's connection."""

    runtime: Runtime
    admin: asyncpg.Connection

    def environment(self) -> dict[str, str]:
        """What a process of this installation is started with."""
        return environment_of(self.runtime.settings, self.runtime.clock)


@dataclass
class FilledPartner:
    """The partner that leaves."""

    partner: PartnerCompany
    installation: Installation


def tables() -> TenantTables:
    return TenantTables(mapped_classes())


async def admin_connection(admin_dsn: str, database: str) -> asyncpg.Connection:
    return await asyncpg.connect(re.sub(r"/[^/]*$", f"/{database}", admin_dsn))


@pytest.fixture(scope="module")
async def origin_installation(
    runtime: Runtime, machine_time: SettableClock, admin_dsn: str, database: str
) -> AsyncIterator[Installation]:
    admin = await admin_connection(admin_dsn, database)
    yield Installation(runtime, admin)
    await admin.close()


@pytest.fixture
async def empty_installation(
    test_settings: Settings, clock: SettableClock, admin_dsn: str, tmp_path: Path
) -> AsyncIterator[Installation]:
    """An empty installation: migrated, with headquarters, and nobody else."""
    name = f"test_{secrets.token_hex(6)}"
    await _clone(admin_dsn, name)
    address = re.sub(r"/[^/]*$", f"/{name}", test_settings.database_url.get_secret_value())
    settings = test_settings.model_copy(
        update={
            "database_url": type(test_settings.database_url)(address),
            "data_directory": tmp_path / "empty_installation",
        }
    )
    made = Runtime(settings, clock)
    await initialise(made)
    admin = await admin_connection(admin_dsn, name)
    yield Installation(made, admin)
    await admin.close()
    await made.close()
    server = await asyncpg.connect(admin_dsn)
    await server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await server.close()


async def listed(runtime: Runtime, partner: PartnerCompany, credit_code: str) -> None:
    """Headquarters' records of a partner."""
    application_id = new_id()
    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        hq = {"tenant_id": HQ_TENANT_ID}
        work.session.add(
            PartnerApplication(
                id=application_id,
                number=f"PA-{partner.slug}",
                state="approved",
                legal_name=partner.name,
                credit_code=credit_code,
                city_code="350200",
                contact_name="陈嘉木",
                mobile="13800138000",
                email="apply@example.com",
                slug=partner.slug,
                plan="standard",
                status_token_hash=partner.id.hex,
                submitted_at=work.now,
                partner_tenant_id=partner.id,
                **hq,
            )
        )
        work.session.add(
            Partner(
                id=partner.id,
                slug=partner.slug,
                name=partner.name,
                credit_code=credit_code,
                state="active",
                star_level=4,
                city_code="350200",
                hotline="0592-5550119",
                authorised_at=work.now,
                **hq,
            )
        )
        await work.session.flush()
        work.session.add(PartnerTerritory(id=new_id(), partner_id=partner.id, city_code="350200", **hq))
        for subject in (application_id, partner.id):
            work.session.add(
                PartnerTransition(
                    id=new_id(),
                    subject_id=subject,
                    kind="state",
                    after="approved",
                    reason="资料齐全",
                    actor_name="总部管理员",
                    occurred_at=work.now,
                    **hq,
                )
            )


@pytest.fixture(scope="module")
async def filled_partner(origin_installation: Installation, network: Network) -> FilledPartner:
    """A partner with clients, devices that name their reporters, tickets, clocks, files, counters, what is due."""
    runtime = origin_installation.runtime
    partner = await network.partner()
    await network.service_level(partner)
    client = await network.client(partner)
    device_id, reporter = await network.device(client)
    await network.engineer(partner)
    await fill(
        origin_installation.admin,
        client,
        device_id,
        reporter,
        tickets=TICKETS,
        files=FILES,
        directory=runtime.settings.data_directory,
    )
    await listed(runtime, partner, "91350200000000003A")
    async with runtime.units_of_work.begin(partner.system) as work:
        work.schedule(DueKind.CONFIRMATION_REMINDER, new_id(), work.now)
        work.audit("device.changed", "device", device_id, field="remark")
        data, small = b"\xff\xd8 photo", b"\xff\xd8 small"
        photo = SafeFile(
            data=data,
            sha256=hashlib.sha256(data).hexdigest(),
            media_type="image/jpeg",
            display_name="照片.jpg",
            thumbnail=small,
        )
        await store_file(work, file_store_of(runtime), photo, FileOwner(subject_kind="device", subject_id=device_id))
    return FilledPartner(partner, origin_installation)


async def set_state(runtime: Runtime, partner: PartnerCompany, state: str) -> None:
    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        await work.session.execute(update(Tenant).where(Tenant.id == partner.id).values(state=state))
        assert await work.session.scalar(select(Tenant.state).where(Tenant.id == partner.id)) == state

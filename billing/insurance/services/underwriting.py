"""Writing policies: the draft, the devices under it, its beginning and its end."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import func, or_, select

from app.assets.clients import client_in_use
from app.assets.devices import RETIRED_OR_LOST
from app.assets.devices.models import Device
from app.platform.documents import up_to_date
from app.platform.kernel.counters import Period, next_number
from app.platform.kernel.errors import NotFound, StaleVersion
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.addons import AddonOrderState
from billing.addons.models import AddonOrder
from billing.insurance.documents import INSURANCE_CERTIFICATE, CertificateContent, CertifiedDevice
from billing.insurance.errors import (
    DeviceInsuredAlready,
    DeviceNotInsurable,
    DeviceUnfit,
    PolicyDayWrong,
    PolicyEmpty,
)
from billing.insurance.events import CertificateIssued
from billing.insurance.models import InsuranceCertificate, InsurancePolicy, InsuredDevice
from billing.insurance.permissions import InsurancePermission
from billing.insurance.premiums import CoverTerms, PremiumRate, premium_of, rate_for
from billing.insurance.schemas import DevicesInsure, PolicyCreate, PolicyEnd, PolicyReason, PolicyVersion
from billing.insurance.services.products import CATEGORY, product_of, require_authorised
from billing.insurance.services.renewal import ONE_DAY, charge_policies, leave, today_of
from billing.insurance.states import OPEN, POLICY_MACHINE, RUNNING, STAFF, EndReason, PolicyMove, PolicyState
from billing.money import Money
from billing.periods import Cycle, day_in
from tenants.company_time import company_day
from tenants.models import Tenant, TenantProfile

SERIES: Final = "BX"
"""保险: the series of the policies' numbers, `BX-2026-000001`."""
FURTHEST: Final = timedelta(days=366)
"""How far from today a first or last day may lie."""
ORDERED: Final = (
    AddonOrderState.ORDERED,
    AddonOrderState.CONFIRMED,
    AddonOrderState.ACTIVE,
    AddonOrderState.ENDING,
)
MOST_NAMED: Final = 5
"""How many numbers a refusal names."""
DAY_WRONG: Final = N_("请选一个合适的日期。")


class Underwriting:
    """The company writes policies for its clients.

    Raises:
        Forbidden: without `insurance_policy:write`.
    """

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(InsurancePermission.INSURANCE_POLICY_WRITE)
        work.require_writable()
        self._work = work

    async def create(self, wanted: PolicyCreate) -> UUID:
        """Draft a policy on the product's terms of today.

        Raises:
            NotFound: no such client or product.
            ClientInactive, InsuranceNotAuthorised, PolicyDayWrong
        """
        work = self._work
        await require_authorised(work)
        client = await client_in_use(work.session, wanted.client_id)
        product, addon = await product_of(work, wanted.product_id)
        today = day_in(ZoneInfo(client.time_zone), work.now)
        _require_day(wanted.start_on, today, today + FURTHEST, "start_on")
        policy = InsurancePolicy(
            tenant_id=work.tenant_id,
            id=work.new_id(),
            client_id=client.id,
            client_name=client.name,
            number=await next_number(work.session, work.actor, SERIES, await company_day(work), Period.YEAR),
            product_id=product.id,
            name=addon.name,
            cycle=addon.cycle,
            currency=addon.currency,
            price_mode=addon.price_mode,
            tax=addon.tax,
            terms=product.terms,
            time_zone=client.time_zone,
            state=PolicyState.DRAFT,
            start_on=wanted.start_on,
            written_by_name=work.actor.display_name,
            created_at=work.now,
            version=1,
        )
        work.session.add(policy)
        await work.session.flush()
        work.audit("insurance_policy.created", "insurance_policy", policy.id, number=policy.number)
        return policy.id

    async def insure(self, policy_id: UUID, wanted: DevicesInsure) -> None:
        """Put devices under the policy: of a draft from its first day, later from today. What they cost is charged.

        Raises:
            NotFound, StaleVersion, PolicyMoveRefused, InsuranceNotAuthorised
            DeviceUnfit: a number that the client has not, or of a device that is out of use.
            DeviceNotInsurable, DeviceInsuredAlready
        """
        work = self._work
        policy = await self._held(policy_id, wanted.version)
        await require_authorised(work)
        if policy.state not in (PolicyState.DRAFT, PolicyState.ACTIVE):
            raise POLICY_MACHINE.refusal
        product, _ = await product_of(work, policy.product_id)
        rates = msgspec.convert(product.rates, list[PremiumRate])
        value = Money.of(wanted.insured_value, policy.currency)
        start_on = max(policy.start_on, today_of(work, policy))
        devices = await self._devices(policy, wanted.device_numbers)
        await self._require_uninsured(devices, start_on)
        for device in devices:
            rate = rate_for(rates, device.category, device.purchased_on, start_on)
            if rate is None:
                raise DeviceNotInsurable(number=device.number)
            work.session.add(
                InsuredDevice(
                    tenant_id=work.tenant_id,
                    id=work.new_id(),
                    client_id=policy.client_id,
                    policy_id=policy.id,
                    device_id=device.id,
                    device_number=device.number,
                    device_words=" ".join(filter(None, (device.brand, device.model, device.serial_number)))[:340],
                    category=device.category,
                    insured_value=value.minor,
                    premium=premium_of(rate, value, Cycle(policy.cycle)).minor,
                    start_on=start_on,
                    added_at=work.now,
                )
            )
        policy.version += 1
        work.audit(
            "insurance_policy.extended",
            "insurance_policy",
            policy.id,
            number=policy.number,
            devices=[device.number for device in devices],
        )
        await self._follow(policy)

    async def remove(self, policy_id: UUID, insured_device_id: UUID, wanted: PolicyEnd) -> None:
        """Name the last day on which a device is insured; what was paid beyond it is given back. Of a draft the device
        is simply left out.

        Raises:
            NotFound, StaleVersion, PolicyMoveRefused, PolicyDayWrong
        """
        work = self._work
        policy = await self._held(policy_id, wanted.version)
        if policy.state not in OPEN:
            raise POLICY_MACHINE.refusal
        device = await work.session.scalar(
            select(InsuredDevice).where(
                InsuredDevice.id == insured_device_id,
                InsuredDevice.policy_id == policy_id,
                or_(InsuredDevice.end_on.is_(None), InsuredDevice.end_on > today_of(work, policy)),
            )
        )
        if device is None:
            raise NotFound
        if policy.state == PolicyState.DRAFT:
            await work.session.delete(device)
        else:
            today = today_of(work, policy)
            _require_day(wanted.last_day, max(device.start_on, today), today + FURTHEST, "last_day")
            leave(device, wanted.last_day + ONE_DAY, EndReason.REMOVED)
        policy.version += 1
        work.audit(
            "insurance_policy.reduced",
            "insurance_policy",
            policy.id,
            number=policy.number,
            devices=[device.device_number],
        )
        await self._follow(policy)

    async def activate(self, policy_id: UUID, wanted: PolicyVersion) -> None:
        """The policy begins on its first day, or today where that is over: premiums are charged as they fall due.

        Raises:
            NotFound, StaleVersion, PolicyMoveRefused, PolicyEmpty, InsuranceNotAuthorised
        """
        work = self._work
        policy = await self._held(policy_id, wanted.version)
        await require_authorised(work)
        self._move(policy, PolicyMove.ACTIVATE)
        devices = await self._open(policy)
        if not devices:
            raise PolicyEmpty
        policy.start_on = max(policy.start_on, today_of(work, policy))
        policy.activated_at = work.now
        for device in devices:
            device.start_on = policy.start_on
        work.audit("insurance_policy.activated", "insurance_policy", policy.id, number=policy.number)
        await self._follow(policy)

    async def cancel(self, policy_id: UUID, wanted: PolicyReason) -> None:
        """A draft comes to nothing; its devices are free for another policy.

        Raises:
            NotFound, StaleVersion, PolicyMoveRefused
        """
        work = self._work
        policy = await self._held(policy_id, wanted.version)
        self._move(policy, PolicyMove.CANCEL)
        policy.reason = wanted.reason
        for device in await self._open(policy):
            leave(device, device.start_on, EndReason.POLICY_ENDED)
        work.audit("insurance_policy.cancelled", "insurance_policy", policy.id, number=policy.number)
        await work.session.flush()

    async def end(self, policy_id: UUID, wanted: PolicyEnd) -> None:
        """Name the policy's last day; what was paid beyond it is given back.

        Raises:
            NotFound, StaleVersion, PolicyMoveRefused, PolicyDayWrong
        """
        work = self._work
        policy = await self._held(policy_id, wanted.version)
        self._move(policy, PolicyMove.END)
        today = today_of(work, policy)
        _require_day(wanted.last_day, max(policy.start_on, today), max(policy.start_on, today) + FURTHEST, "last_day")
        policy.last_day, policy.reason = wanted.last_day, wanted.reason
        for device in await self._of_policy(policy):
            if device.end_on is None or (device.end_reason == EndReason.POLICY_ENDED and device.end_on > today):
                device.end_on = max(wanted.last_day + ONE_DAY, device.start_on)
                device.end_reason = EndReason.POLICY_ENDED
        work.audit("insurance_policy.terminated", "insurance_policy", policy.id, number=policy.number)
        await self._follow(policy)

    def _move(self, policy: InsurancePolicy, move: PolicyMove) -> None:
        policy.state = POLICY_MACHINE.after(move, policy.state, STAFF)
        policy.version += 1

    async def _held(self, policy_id: UUID, seen: int) -> InsurancePolicy:
        policy = await locked_policy(self._work, policy_id)
        if policy.version != seen:
            raise StaleVersion
        return policy

    async def _follow(self, policy: InsurancePolicy) -> None:
        await self._work.session.flush()
        await charge_policies(self._work, [policy])
        await issue_certificate(self._work, policy)

    async def _of_policy(self, policy: InsurancePolicy) -> Sequence[InsuredDevice]:
        rows = await self._work.session.scalars(
            select(InsuredDevice).where(InsuredDevice.policy_id == policy.id).order_by(InsuredDevice.id)
        )
        return rows.all()

    async def _open(self, policy: InsurancePolicy) -> list[InsuredDevice]:
        return [device for device in await self._of_policy(policy) if device.end_on is None]

    async def _devices(self, policy: InsurancePolicy, numbers: Sequence[str]) -> Sequence[Device]:
        """The client's devices with these numbers, which nobody else insures until the transaction ends."""
        wanted = {number.strip().upper() for number in numbers}
        rows = await self._work.session.scalars(
            select(Device)
            .where(Device.client_id == policy.client_id, Device.number.in_(wanted))
            .where(Device.state.not_in(RETIRED_OR_LOST))
            .order_by(Device.id)
            .with_for_update(of=Device)
        )
        devices = rows.all()
        if len(devices) < len(wanted):
            missing = sorted(wanted - {device.number for device in devices})
            raise DeviceUnfit(numbers="、".join(missing[:MOST_NAMED]))
        return devices

    async def _require_uninsured(self, devices: Sequence[Device], start_on: date) -> None:
        ids = [device.id for device in devices]
        insured = await self._work.session.scalar(
            select(func.min(InsuredDevice.device_number)).where(
                InsuredDevice.device_id.in_(ids),
                or_(InsuredDevice.end_on.is_(None), InsuredDevice.end_on > start_on),
            )
        )
        ordered = await self._work.session.scalar(
            select(func.min(Device.number))
            .join(AddonOrder, (AddonOrder.tenant_id == Device.tenant_id) & (AddonOrder.device_id == Device.id))
            .where(Device.id.in_(ids), AddonOrder.service_category == CATEGORY, AddonOrder.state.in_(ORDERED))
        )
        if number := insured or ordered:
            raise DeviceInsuredAlready(number=number)


async def locked_policy(work: UnitOfWork, policy_id: UUID) -> InsurancePolicy:
    """The policy, which nobody else changes until this transaction ends.

    Raises:
        NotFound: no such policy for this actor.
    """
    policy = await work.session.scalar(
        select(InsurancePolicy)
        .where(InsurancePolicy.id == policy_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if policy is None:
        raise NotFound
    return policy


async def end_covers_of_device(work: UnitOfWork, device_id: UUID) -> None:
    """A device that left use is insured until today; a policy without devices ends."""
    found = select(InsuredDevice.policy_id).where(InsuredDevice.device_id == device_id)
    for policy_id in sorted(set(await work.session.scalars(found))):
        policy = await locked_policy(work, policy_id)
        if policy.state not in OPEN:
            continue
        rows = await work.session.scalars(
            select(InsuredDevice).where(InsuredDevice.policy_id == policy_id, InsuredDevice.device_id == device_id)
        )
        for device in rows.all():
            leave(device, today_of(work, policy) + ONE_DAY, EndReason.RETIRED)
        work.audit("insurance_policy.reduced", "insurance_policy", policy.id, number=policy.number)
        await work.session.flush()
        await charge_policies(work, [policy])
        await issue_certificate(work, policy)


async def issue_certificate(work: UnitOfWork, policy: InsurancePolicy) -> None:
    """A new certificate of the locked policy, where what it says has changed. A draft has none."""
    if policy.state not in RUNNING:
        return
    company = await work.session.scalar(select(Tenant.name).where(Tenant.id == work.tenant_id))
    hot_line = await work.session.scalar(select(TenantProfile.hotline))
    rows = await work.session.scalars(
        select(InsuredDevice)
        .where(InsuredDevice.policy_id == policy.id)
        .where(or_(InsuredDevice.end_on.is_(None), InsuredDevice.end_on > today_of(work, policy)))
        .order_by(InsuredDevice.device_number, InsuredDevice.id)
    )
    devices = tuple(
        CertifiedDevice(
            number=row.device_number,
            words=row.device_words,
            category=row.category,
            insured_value=row.insured_value,
            premium=row.premium,
            start_on=row.start_on,
            end_on=row.end_on,
        )
        for row in rows
    )

    async def compose(number: str, _: int) -> CertificateContent:
        return CertificateContent(
            number=number,
            partner_name=company or "",
            client_name=policy.client_name,
            name=policy.name,
            cycle=policy.cycle,
            currency=policy.currency,
            start_on=policy.start_on,
            last_day=policy.last_day,
            terms=msgspec.convert(policy.terms, CoverTerms),
            devices=devices,
            hot_line=hot_line or "",
        )

    columns = {"client_id": policy.client_id, "policy_id": policy.id}
    made: InsuranceCertificate = await up_to_date(work, INSURANCE_CERTIFICATE, columns, compose, number=policy.number)
    if made.created_at == work.now:
        work.publish(CertificateIssued(certificate_id=made.id, policy_id=policy.id, client_id=policy.client_id))


def _require_day(day: date, earliest: date, latest: date, field: str) -> None:
    if not earliest <= day <= latest:
        raise PolicyDayWrong(earliest=earliest, latest=latest, fields={field: DAY_WRONG})

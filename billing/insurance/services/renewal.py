"""What days do to policies: premiums fall due and become charges, devices leave, policies end. Done again, nothing
happens."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ARRAY, Uuid, any_, literal, select

from app.platform.kernel.performance import RowValues, insert_rows
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.addons import Share
from billing.insurance.models import InsurancePolicy, InsurancePremium, InsuredDevice
from billing.insurance.premiums import Cover, next_premium, premiums_due
from billing.insurance.states import PLATFORM, POLICY_MACHINE, RUNNING, EndReason, PolicyMove
from billing.money import Money, PriceMode
from billing.periods import Cycle, Period, day_in
from billing.rating import ChargeCategory, Charged, ChargeDue, RatedSource, RatedStep, insert_charges
from billing.terms import ChargeUnit

SOURCE: Final = "insurance_premium"
"""From what the charge of a premium follows."""
POLICIES_AT_ONCE: Final = 1_000
ONE_DAY: Final = timedelta(days=1)
EAST: Final = timedelta(hours=14)
"""Nowhere on earth is it later than this after UTC."""


def today_of(work: UnitOfWork, policy: InsurancePolicy) -> date:
    """The civil day at the client's."""
    return day_in(ZoneInfo(policy.time_zone), work.now)


async def charge_policies(work: UnitOfWork, policies: Sequence[InsurancePolicy]) -> Charged:
    """Bring locked policies up to their clients' today: charge what has fallen due, end those that are over."""
    running = [policy for policy in policies if policy.state in RUNNING]
    ids = [policy.id for policy in running]
    devices: defaultdict[UUID, list[InsuredDevice]] = defaultdict(list)
    written: defaultdict[UUID, list[Share]] = defaultdict(list)
    by_policy = any_(literal(ids, ARRAY(Uuid)))
    found = select(InsuredDevice).where(InsuredDevice.policy_id == by_policy).order_by(InsuredDevice.id)
    for device in await work.session.scalars(found):
        devices[device.policy_id].append(device)
    currencies = {policy.id: policy.currency for policy in running}
    of_devices = select(
        InsurancePremium.policy_id,
        InsurancePremium.insured_device_id,
        InsurancePremium.period_start,
        InsurancePremium.period_end,
        InsurancePremium.amount,
        InsurancePremium.given_back,
    )
    for row in await work.session.execute(of_devices.where(InsurancePremium.policy_id == by_policy)):
        amount = Money(row.amount, currencies[row.policy_id])
        written[row.insured_device_id].append(
            Share(Period(row.period_start, row.period_end), amount, given_back=row.given_back)
        )
    premiums: list[RowValues] = []
    charges: list[ChargeDue] = []
    for policy in running:
        for device in devices[policy.id]:
            shares = premiums_due(cover_of(policy, device), written[device.id], today_of(work, policy))
            for number, share in enumerate(shares, len(written[device.id]) + 1):
                premium = _premium(work, device, number, share)
                premiums.append(premium)
                charges.append(_charge(policy, device, premium["id"], share))
        _look_ahead(work, policy, devices[policy.id])
    if premiums:
        await insert_rows(work.session, InsurancePremium, premiums)
    made = await insert_charges(work, ((each, 0) for each in charges))
    await work.session.flush()
    return Charged(made=len(made))


def cover_of(policy: InsurancePolicy, device: InsuredDevice) -> Cover:
    """The device as the pure rules take it."""
    return Cover(
        premium=Money(device.premium, policy.currency),
        cycle=Cycle(policy.cycle),
        anchor=policy.start_on,
        start=device.start_on,
        end=device.end_on,
    )


def _look_ahead(work: UnitOfWork, policy: InsurancePolicy, devices: Sequence[InsuredDevice]) -> None:
    """End the policy where its last day is over or no device is left; else note when it is looked at again."""
    today = today_of(work, policy)
    remaining = [each for each in devices if each.end_on is None or each.end_on > today]
    over = policy.last_day is not None and policy.last_day < today
    if over or not remaining:
        policy.state = POLICY_MACHINE.after(PolicyMove.FINISH, policy.state, PLATFORM)
        policy.last_day = policy.last_day or max(each.end_on for each in devices if each.end_on) - ONE_DAY
        policy.next_on = None
        policy.version += 1
        work.audit("insurance_policy.closed", "insurance_policy", policy.id, number=policy.number)
        return
    days = [next_premium(cover_of(policy, each), today) for each in remaining]
    days += [each.end_on for each in remaining]
    policy.next_on = min((day for day in days if day is not None), default=None)


def _premium(work: UnitOfWork, device: InsuredDevice, number: int, share: Share) -> RowValues:
    return {
        "id": work.new_id(),
        "policy_id": device.policy_id,
        "insured_device_id": device.id,
        "number": number,
        "period_start": share.period.start,
        "period_end": share.period.end,
        "given_back": share.given_back,
        "amount": share.amount.minor,
        "made_at": work.now,
    }


def _charge(policy: InsurancePolicy, device: InsuredDevice, premium_id: UUID, share: Share) -> ChargeDue:
    # What is given back counts as less, at the same price.
    return ChargeDue(
        client_id=policy.client_id,
        source_kind=SOURCE,
        source_id=premium_id,
        rule="rest" if share.given_back else "premium",
        day=share.period.start,
        name=f"{policy.name} {policy.number} {device.device_number}",
        quantity=Decimal(-1 if share.given_back else 1),
        unit=ChargeUnit.PERIOD,
        unit_price=abs(share.amount.value),
        amount=share.amount,
        tax=policy.tax,
        price_mode=PriceMode(policy.price_mode),
        category=ChargeCategory.ADDON,
        device_id=device.device_id,
        period=share.period,
    )


async def _renew(work: UnitOfWork, after: UUID | None, _: date) -> RatedStep:
    """The policies of which a day has come, as many as belong into one transaction."""
    latest = (work.now + EAST).date()
    due = select(InsurancePolicy).where(InsurancePolicy.next_on <= latest).order_by(InsurancePolicy.id)
    if after is not None:
        due = due.where(InsurancePolicy.id > after)
    policies = (await work.session.scalars(due.limit(POLICIES_AT_ONCE).with_for_update())).all()
    if not policies:
        return RatedStep(None)
    return RatedStep(policies[-1].id, await charge_policies(work, policies))


RENEWALS: Final = RatedSource(name="insurance", step=_renew)


def leave(device: InsuredDevice, end_on: date, reason: EndReason) -> None:
    """The device is not insured any more from `end_on`; never later than it was to be."""
    if device.end_on is None or end_on < device.end_on:
        device.end_on, device.end_reason = max(end_on, device.start_on), reason

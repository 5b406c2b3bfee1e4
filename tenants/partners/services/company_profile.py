"""A partner's own profile and headquarters' listing of it, kept equal in hot-line and city."""

from typing import Final
from uuid import UUID
from zoneinfo import available_timezones

from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.columns import view_of
from app.platform.kernel.errors import Invalid, NotFound, StaleVersion
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork, UnitOfWorkFactory
from rbac import Permission
from tenants.models import TenantProfile
from tenants.partners.application_rules import known_city, optional_phone
from tenants.partners.errors import ProfileInvalid, TimeZoneUnknown
from tenants.partners.events import ProfileChanged
from tenants.partners.repository import PartnerRepository
from tenants.partners.schemas import CompanyProfile, CompanyProfileUpdate
from tenants.partners.services.records import city_name

SHORTEST_SILENCE_DAYS: Final = 1
LONGEST_SILENCE_DAYS: Final = 30


class CompanyProfiles:
    """Reading and writing take `tenant:write`."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    async def get(self) -> CompanyProfile:
        """The profile of the actor's own company.

        Raises:
            Forbidden
        """
        self._work.actor.require(Permission.TENANT_WRITE)
        return _view(await self._own())

    async def update(self, change: CompanyProfileUpdate) -> CompanyProfile:
        """Change hot-line, city, zone and silence rule; the rule holds for tickets that wait for an answer now, too.

        Raises:
            Forbidden, StaleVersion
            ProfileInvalid: naming every field at fault.
        """
        self._work.actor.require(Permission.TENANT_WRITE)
        profile = await self._own(lock=True)
        if profile.version != change.version:
            raise StaleVersion
        checked = _checked(change)
        changed = [name for name, value in checked.items() if getattr(profile, name) != value]
        if not changed:
            return _view(profile)
        for name in changed:
            setattr(profile, name, checked[name])
        profile.version += 1
        self._work.audit("tenant.profile_changed", "tenant", profile.id, fields=changed)
        self._work.publish(ProfileChanged(partner_id=profile.id))
        await self._work.session.flush()
        return _view(profile)

    async def _own(self, *, lock: bool = False) -> TenantProfile:
        tenant_id = self._work.tenant_id
        found = await self._work.session.get(TenantProfile, (tenant_id, tenant_id), with_for_update=lock or None)
        if found is None:
            raise NotFound
        return found


def _checked(change: CompanyProfileUpdate) -> dict[str, str | int]:
    """The fields that were given, as they are stored.

    Raises:
        ProfileInvalid
    """
    checked: dict[str, str | int] = {}
    problems: dict[str, str] = {}
    rules = {"hotline": optional_phone, "city_code": known_city, "time_zone": _known_zone}
    for name, rule in rules.items():
        given = getattr(change, name)
        if given is None:
            continue
        try:
            checked[name] = rule(given)
        except Invalid as refusal:
            problems[name] = refusal.text
    if change.auto_close_days is not None:
        if SHORTEST_SILENCE_DAYS <= change.auto_close_days <= LONGEST_SILENCE_DAYS:
            checked["auto_close_days"] = change.auto_close_days
        else:
            problems["auto_close_days"] = N_("请填写 1 到 30 个工作日。")
    if problems:
        raise ProfileInvalid(fields=problems)
    return checked


def _known_zone(text: str) -> str:
    zone = text.strip()
    if zone not in available_timezones():
        raise TimeZoneUnknown
    return zone


def _view(profile: TenantProfile) -> CompanyProfile:
    return view_of(CompanyProfile, profile, city=city_name(profile.city_code) if profile.city_code else "")


async def copy_profile_to_listing(units_of_work: UnitOfWorkFactory, partner_id: UUID) -> None:
    """Copy hot-line and city from the partner's profile, as it is now, to headquarters' listing."""
    async with units_of_work.begin(Actor.system(partner_id)) as work:
        profile = await work.session.get(TenantProfile, (partner_id, partner_id))
        if profile is None:
            return
        hotline, city_code = profile.hotline, profile.city_code
    async with units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        partner = await PartnerRepository(work.session).partner(partner_id, lock=True)
        if partner is not None and (partner.hotline, partner.city_code) != (hotline, city_code):
            partner.hotline, partner.city_code = hotline, city_code
            partner.version += 1


async def copy_listing_to_profile(units_of_work: UnitOfWorkFactory, partner_id: UUID) -> None:
    """The partner's profile takes over the hot-line that headquarters wrote into the listing, as it stands now."""
    async with units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        partner = await PartnerRepository(work.session).partner(partner_id)
        hotline = None if partner is None else partner.hotline
    async with units_of_work.begin(Actor.system(partner_id)) as work:
        profile = await work.session.get(TenantProfile, (partner_id, partner_id), with_for_update=True)
        if profile is not None and hotline is not None and profile.hotline != hotline:
            profile.hotline = hotline
            profile.version += 1

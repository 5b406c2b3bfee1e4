"""Which device of a client a row of an antivirus report means, and whose it is if it is not the client's."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from uuid import UUID

import msgspec
from sqlalchemy import and_, or_, select

from app.assets.clients.models import Client
from app.assets.devices.models import Device
from app.platform.kernel.unit_of_work import UnitOfWork


class ReportDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A row of a report."""

    number: str | None = None
    serial_number: str | None = None
    host_name: str | None = None
    reported_on: date | None = None
    protection: str | None = None
    definitions_on: date | None = None
    virus_events: str | None = None
    virus_names: str | None = None
    missing_patches: str | None = None


class DeviceMatch(msgspec.Struct, frozen=True):
    """The device that a row means, or why it means none: a code of the kind's messages and what it is about."""

    device_id: UUID | None
    issue: str = ""
    value: str = ""
    client: str = ""


class KnownDevices:
    """The devices that the rows of a file may mean, of this client and of the others that the importer may see."""

    def __init__(self) -> None:
        self._own: dict[tuple[str, str], set[UUID]] = defaultdict(set)
        self._others: dict[tuple[str, str], str] = {}

    @classmethod
    async def of(cls, work: UnitOfWork, client_id: UUID, drafts: Sequence[ReportDraft]) -> "KnownDevices":
        """Of other clients only what no device of this one explains, and every serial number."""
        known = cls()
        own = await work.session.execute(
            select(Device.id, Device.number, Device.serial_number, Device.host_name).where(
                Device.client_id == client_id
            )
        )
        for row in own:
            for key in _keys(row.serial_number, row.number, row.host_name):
                known._own[key].add(row.id)
        unknown = [draft for draft in drafts if not any(key in known._own for key in _keys_of(draft))]
        serials = {draft.serial_number for draft in drafts if draft.serial_number}
        numbers = {draft.number for draft in unknown if draft.number}
        hosts = {name for draft in unknown for name in _spellings(draft.host_name)}
        if serials | numbers | hosts:
            others = await work.session.execute(
                select(Device.number, Device.serial_number, Device.host_name, Client.short_name)
                .join(Client, and_(Client.tenant_id == Device.tenant_id, Client.id == Device.client_id))
                .where(
                    Device.client_id != client_id,
                    or_(
                        Device.number.in_(numbers),
                        Device.serial_number.in_(serials),
                        Device.host_name.in_(hosts),
                    ),
                )
                .order_by(Device.id)
            )
            for other in others:
                for key in _keys(other.serial_number, other.number, other.host_name):
                    known._others.setdefault(key, other.short_name)
        return known

    def match(self, draft: ReportDraft) -> DeviceMatch:
        """The device that a row means."""
        named = _keys_of(draft)
        if not named:
            return DeviceMatch(None, "device_missing")
        for key in named:
            own = self._own.get(key, set())
            if len(own) == 1:
                return DeviceMatch(next(iter(own)))
            if len(own) > 1:
                return DeviceMatch(None, "device_ambiguous", key[1])
            if key[0] == "serial_number" and key in self._others:
                return DeviceMatch(None, "device_of_other_client", key[1], self._others[key])
        for key in named:
            if key in self._others:
                return DeviceMatch(None, "device_of_other_client", key[1], self._others[key])
        return DeviceMatch(None, "device_unknown", named[-1][1])


def _keys(serial_number: str | None, number: str | None, host_name: str | None) -> list[tuple[str, str]]:
    """By what a device is known, the surest first."""
    names = [
        ("serial_number", serial_number or ""),
        ("number", number or ""),
        ("host_name", (host_name or "").lower()),
    ]
    return [name for name in names if name[1]]


def _keys_of(draft: ReportDraft) -> list[tuple[str, str]]:
    return _keys(draft.serial_number, draft.number, draft.host_name)


def _spellings(host_name: str | None) -> set[str]:
    """Host names know no upper and lower case, and are stored as they were written."""
    return {host_name, host_name.lower(), host_name.upper()} if host_name else set()

"""PINs of devices' present holders, and the slips that hand them over (I4)."""

import asyncio
import os
import secrets
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from itertools import starmap
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.assets.clients.models import Client
from app.assets.devices.errors import NoHolder
from app.assets.devices.holders import HolderService
from app.assets.devices.models import Device, DevicePin
from app.assets.devices.pin_slips import PinSlip, pin_slips_pdf
from app.assets.devices.repository import DeviceRepository
from app.assets.devices.schemas import DeviceSummary, PinRequest
from app.assets.devices.services.labels import chosen_devices, tenant_profile
from app.people.identity import PasswordHashing, SignInStore
from app.platform.documents import missing_characters, require_glyphs
from app.platform.kernel.actor import ActorKind
from app.platform.kernel.errors import NotFound, StaleVersion
from app.platform.kernel.texts import translator
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission
from tenants.context import Command, elevated

MOST_PINS = 300
"""PINs of one batch: seventy-five sheets of slips, a few seconds of hashing."""
PIN_DIGITS = 6
_NUMBERS_SHOWN = 10


class PinService:
    """Issues PINs. The plain PIN exists in the printed slip alone."""

    def __init__(self, work: UnitOfWork, sign_in: SignInStore, passwords: PasswordHashing, public_url: str) -> None:
        self._work = work
        self._passwords = passwords
        self._public_url = public_url.rstrip("/")
        self._devices = DeviceRepository(work.session, work.actor)
        self._holders = HolderService(work, sign_in)

    async def missing_characters(self, device_ids: Sequence[UUID]) -> list[str]:
        """Characters of the slips of these devices that no typeface has: told before anything is printed."""
        self._work.actor.require(Permission.PIN_ISSUE)
        return missing_characters(await self._slips(await self._devices.summaries(device_ids), {}))

    async def issue(self, wanted: PinRequest) -> bytes:
        """New PINs for the chosen devices as a PDF of slips; their old PINs die, and what was signed in by them ends.

        A client's administrator may do this for the own company's devices.

        Raises:
            NotFound: one of the devices is not there for this actor.
            NoHolder, NothingChosen, TooManyChosen: as their texts say.
            CharactersMissing: nobody has been told that they cannot be printed.
            StaleVersion: a device changed hands meanwhile.
        """
        actor = self._work.actor
        actor.require(Permission.PIN_ISSUE)
        self._work.require_writable()
        chosen = await self._checked(wanted.device_ids)
        summaries = await self._devices.summaries([device.id for device in chosen])
        pins = {device.id: _new_pin() for device in chosen}
        slips = await self._slips(summaries, pins)
        if not wanted.print_anyway:
            require_glyphs(slips)
        hashes = await self._hashed(pins)
        async with self._allowed_to_write():
            await self._keep(chosen, hashes)
            await self._holders.end_sessions(pins)
            self._work.audit("pin.issued", "device", devices=[str(device_id) for device_id in pins])
        return await asyncio.to_thread(
            pin_slips_pdf, slips, translate=translator(actor.language), made_at=self._work.now
        )

    def _allowed_to_write(self) -> AbstractAsyncContextManager[None]:
        if self._work.actor.kind is ActorKind.CLIENT:
            return elevated(self._work, Command.ISSUE_PIN)
        return nullcontext()

    async def _checked(self, device_ids: Sequence[UUID]) -> Sequence[Device]:
        """The chosen devices, looked up in the actor's own narrow scope, where a client may lock nothing."""
        devices = await chosen_devices(self._devices, device_ids, MOST_PINS, lock=False)
        if without := [device.number for device in devices if device.reporter_id is None]:
            raise NoHolder(numbers="、".join(without[:_NUMBERS_SHOWN]))
        return devices

    async def _hashed(self, pins: dict[UUID, str]) -> dict[UUID, str]:
        """Hashes by device, as many at a time as there are cores: each takes 19 MiB while it is made."""
        gate = asyncio.Semaphore(os.cpu_count() or 1)

        async def one(device_id: UUID, pin: str) -> tuple[UUID, str]:
            async with gate:
                return device_id, await self._passwords.hash(pin)

        return dict(await asyncio.gather(*starmap(one, pins.items())))

    async def _keep(self, devices: Sequence[Device], hashes: dict[UUID, str]) -> None:
        """Write the hashes, unless a device has changed hands since it was looked up."""
        holders = await self._work.session.execute(
            select(Device.id, Device.reporter_id).where(Device.id.in_(hashes)).order_by(Device.id).with_for_update()
        )
        if dict(holders.all()) != {device.id: device.reporter_id for device in devices}:
            raise StaleVersion
        rows: list[dict[str, Any]] = [
            {
                "tenant_id": self._work.tenant_id,
                "id": self._work.new_id(),
                "client_id": device.client_id,
                "device_id": device.id,
                "reporter_id": device.reporter_id,
                "pin_hash": hashes[device.id],
                "issued_at": self._work.now,
                "issued_by": self._work.actor.display_name,
            }
            for device in devices
        ]
        statement = insert(DevicePin).values(rows)
        replaced = ("reporter_id", "pin_hash", "issued_at", "issued_by")
        await self._work.session.execute(
            statement.on_conflict_do_update(
                index_elements=[DevicePin.tenant_id, DevicePin.device_id],
                set_={name: statement.excluded[name] for name in replaced},
            )
        )

    async def _slips(self, devices: Sequence[DeviceSummary], pins: dict[UUID, str]) -> list[PinSlip]:
        profile = await tenant_profile(self._work)
        codes = await self._work.session.execute(
            select(Client.id, Client.code).where(Client.id.in_({device.client_id for device in devices}))
        )
        portal = {client_id: f"{self._public_url}/r/{profile.slug}/{code}" for client_id, code in codes}
        return [
            PinSlip(
                portal_address=portal[device.client_id],
                device_number=device.number,
                pin=pins.get(device.id, ""),
                client_name=device.client_name,
                hot_line=profile.hotline,
                holder="" if device.shared else device.holder_name,
                department=device.department_name,
                site=device.site_name,
            )
            for device in devices
        ]

    async def revoke(self, device_id: UUID) -> None:
        """Delete a device's PIN without issuing a new one.

        Raises:
            NotFound: no such device, or not for this actor.
        """
        self._work.actor.require(Permission.PIN_ISSUE)
        self._work.require_writable()
        if await self._devices.detail(device_id) is None:
            raise NotFound
        async with self._allowed_to_write():
            await self._holders.delete_pins([device_id])
            self._work.audit("pin.revoked", "device", device_id)


def _new_pin() -> str:
    return f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}d}"

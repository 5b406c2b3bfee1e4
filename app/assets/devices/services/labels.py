"""Labels with a QR code that leads to the report form (D3)."""

import asyncio
import secrets
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from app.assets.devices.errors import DeviceGone, NoLabel, NothingChosen, TooManyChosen
from app.assets.devices.label_sheets import LABEL_LAYOUTS, device_labels_pdf
from app.assets.devices.label_sheets import DeviceLabel as PrintedLabel
from app.assets.devices.models import Device, DeviceLabel
from app.assets.devices.repository import DeviceRepository
from app.assets.devices.schemas import LabelRequest
from app.assets.devices.states import RETIRED_OR_LOST
from app.platform.documents import require_glyphs
from app.platform.kernel.errors import Invalid, NotFound
from app.platform.kernel.texts import N_, translator
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission
from tenants.models import TenantProfile

MOST_LABELS = 1_000
"""Devices in one PDF: about forty A4 sheets, a second of typesetting."""
_TOKEN_BYTES = 16
_NUMBERS_SHOWN = 10


class LabelService:
    """Prints labels and revokes them. `public_url` is the installation's own address, never a request's."""

    def __init__(self, work: UnitOfWork, public_url: str) -> None:
        self._work = work
        self._public_url = public_url.rstrip("/")
        self._devices = DeviceRepository(work.session, work.actor)

    async def print(self, wanted: LabelRequest) -> bytes:
        """A PDF with a label for each chosen device, by number. A device that has a label gets the same again.

        Raises:
            NotFound: one of the devices is not there for this actor.
            DeviceGone, NothingChosen, TooManyChosen: as their texts say.
            Invalid: no such layout, or no such first position on it.
            CharactersMissing: characters without a typeface, unless `print_anyway` is set.
        """
        self._work.actor.require(Permission.LABEL_PRINT)
        self._work.require_writable()
        layout = LABEL_LAYOUTS.get(wanted.layout)
        if layout is None:
            raise Invalid(fields={"layout": N_("请从列表中选择。")})
        if wanted.first_position >= layout.per_page:
            raise Invalid(fields={"first_position": N_("这种标签纸没有这么多位置。")})
        devices = await chosen_devices(self._devices, wanted.device_ids, MOST_LABELS)
        if gone := [device.number for device in devices if device.state in RETIRED_OR_LOST]:
            raise DeviceGone(numbers="、".join(gone[:_NUMBERS_SHOWN]))
        tokens = await self._tokens(devices)
        profile = await tenant_profile(self._work)
        labels = [
            PrintedLabel(
                url=f"{self._public_url}/r/q/{profile.slug}/{tokens[device.id]}",
                device_number=device.number,
                client_name=device.client_name,
                hot_line=profile.hotline,
            )
            for device in await self._devices.summaries(tokens)
        ]
        if not wanted.print_anyway:
            require_glyphs([(label.device_number, label.client_name, label.hot_line) for label in labels])
        self._work.audit("label.printed", "device", devices=[str(device.id) for device in devices])
        return await asyncio.to_thread(
            device_labels_pdf,
            labels,
            layout,
            translate=translator(self._work.actor.language),
            made_at=self._work.now,
            first_position=wanted.first_position,
        )

    async def revoke(self, device_id: UUID) -> None:
        """Revoke the label of a device: its QR code leads nowhere. The next print makes a new one.

        Raises:
            NotFound: no such device, or not for this actor.
            NoLabel: it has none.
        """
        self._work.actor.require(Permission.LABEL_PRINT)
        self._work.require_writable()
        if await self._devices.for_update(device_id) is None:
            raise NotFound
        labels = await self._devices.active_labels([device_id])
        if not labels:
            raise NoLabel
        for label in labels:
            label.revoked_at = self._work.now
        self._work.audit("label.revoked", "device", device_id)

    async def _tokens(self, devices: Sequence[Device]) -> dict[UUID, str]:
        """Device → token of its label; the devices are locked, so nobody makes a second one meanwhile."""
        labels = await self._devices.active_labels([device.id for device in devices])
        tokens = {label.device_id: label.token for label in labels}
        for device in devices:
            if device.id not in tokens:
                tokens[device.id] = secrets.token_urlsafe(_TOKEN_BYTES)
                self._work.session.add(
                    DeviceLabel(
                        tenant_id=self._work.tenant_id,
                        id=self._work.new_id(),
                        client_id=device.client_id,
                        device_id=device.id,
                        token=tokens[device.id],
                        created_at=self._work.now,
                    )
                )
        return tokens


async def chosen_devices(
    devices: DeviceRepository, device_ids: Sequence[UUID], maximum: int, *, lock: bool = True
) -> Sequence[Device]:
    """The chosen devices; locked where the actor may write.

    Raises:
        NotFound: one of them is not there for this actor.
        NothingChosen, TooManyChosen: as their texts say.
    """
    wanted = set(device_ids)
    if not wanted:
        raise NothingChosen
    if len(wanted) > maximum:
        raise TooManyChosen(maximum=maximum)
    found = await devices.entities(wanted, lock=lock)
    if len(found) != len(wanted):
        raise NotFound
    return found


async def tenant_profile(work: UnitOfWork) -> TenantProfile:
    """The profile of the actor's tenant."""
    return (await work.session.scalars(select(TenantProfile))).one()

"""Devices with PIN and label, and signing in with them, for the tests of intake and the employee's portal."""

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy.dialects.postgresql import insert

from app.assets.devices.models import DeviceLabel, DevicePin
from app.people.identity import PasswordHashing
from app.platform.kernel.actor import Actor
from app.platform.kernel.ids import new_id
from app.platform.kernel.runtime import Runtime
from tests.factories.network import ClientCompany, Network

PIN = "271828"


@dataclass
class LabelledDevice:
    """A device with its holder, its PIN and its label."""

    client: ClientCompany
    device_id: UUID
    number: str
    reporter: Actor
    label: str

    @property
    def portal(self) -> str:
        return f"/r/{self.client.partner.slug}/{self.client.code}"

    @property
    def qr(self) -> str:
        return f"/r/q/{self.client.partner.slug}/{self.label}"

    def typed(self, **other: str) -> dict[str, str]:
        """The body of the API's sign-in."""
        right = {
            "tenant": self.client.partner.slug,
            "client": self.client.code,
            "device_number": self.number,
            "pin": PIN,
        }
        return {**right, **other}


async def make_labelled_device(
    network: Network, client: ClientCompany, number: str, holder: str = "李静"
) -> LabelledDevice:
    """A labelled device whose holder was given `PIN`."""
    device_id, reporter = await network.device(client, number, holder)
    made = LabelledDevice(client, device_id, number, reporter, f"label-{new_id().hex[-20:]}")
    await give_pin(network.runtime, made, PIN)
    async with network.runtime.units_of_work.begin(client.partner.system) as work:
        work.session.add(
            DeviceLabel(
                tenant_id=client.partner.id,
                id=new_id(),
                client_id=client.id,
                device_id=device_id,
                token=made.label,
                created_at=work.now,
            )
        )
    return made


async def give_pin(runtime: Runtime, to: LabelledDevice, pin: str) -> None:
    """Replace the device's PIN, as far as the table is concerned."""
    hashed = await PasswordHashing(runtime.settings.password_memory_kibibytes).hash(pin)
    async with runtime.units_of_work.begin(to.client.partner.system) as work:
        row: dict[str, Any] = {
            "tenant_id": work.tenant_id,
            "id": new_id(),
            "client_id": to.client.id,
            "device_id": to.device_id,
            "reporter_id": to.reporter.reporter_id,
            "pin_hash": hashed,
            "issued_at": work.now,
            "issued_by": "test",
        }
        statement = insert(DevicePin).values(row)
        await work.session.execute(
            statement.on_conflict_do_update(
                index_elements=["tenant_id", "device_id"], set_={"pin_hash": statement.excluded.pin_hash}
            )
        )


def hidden(page: httpx.Response, name: str) -> str:
    """The value of a hidden field of the first form that has one."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found, page.text
    return found[1]


async def sign_in_at_portal(browser: httpx.AsyncClient, device: LabelledDevice) -> httpx.Response:
    """Sign in at the portal address, as a browser does; the answer leads to the report page."""
    opened = await browser.get(device.portal)
    answer = await browser.post(
        device.portal, data={"_csrf_token": hidden(opened, "_csrf_token"), "number": device.number, "pin": PIN}
    )
    assert answer.status_code == 303, answer.text
    return answer

"""An employee leaves the client: the device stays, the access ends."""

from uuid import UUID

from sqlalchemy import select

from app.identity import Reporter
from app.kernel.runtime import Runtime
from tests.conftest import ClientFor
from tests.devices.conftest import Town
from tests.factories.network import Network


async def state_of(town: Town, employee_id: UUID, state: str, version: int, http: ClientFor) -> None:
    """The partner changes the employee's state; no worker has heard of it yet."""
    manager = await http(town.partner.owner)
    changed = await manager.post(
        f"/api/v1/clients/{town.jianfa.id}/employees/{employee_id}/state", json={"state": state, "version": version}
    )
    assert changed.is_success, changed.text


async def test_who_has_left_is_shut_out_at_once_and_let_in_again_when_back(
    runtime: Runtime, network: Network, http: ClientFor, town: Town
) -> None:
    _, reporter = await network.device(town.jianfa, holder="林国栋")
    async with runtime.works.begin(town.partner.system) as work:
        employee_id = await work.session.scalar(select(Reporter.employee_id).where(Reporter.id == reporter.reporter_id))
    assert employee_id is not None
    signed_in = await http(reporter)
    assert (await signed_in.get("/api/v1/tickets")).status_code == 200
    await state_of(town, employee_id, "inactive", 1, http)
    assert (await signed_in.get("/api/v1/tickets")).status_code == 401
    await state_of(town, employee_id, "active", 2, http)
    assert (await signed_in.get("/api/v1/tickets")).status_code == 200

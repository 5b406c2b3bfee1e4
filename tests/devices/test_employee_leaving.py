"""An employee leaves the client: the device stays, the access ends."""

from uuid import UUID

from sqlalchemy import select

from app.people.identity import Reporter
from app.platform.kernel.runtime import Runtime
from tests.conftest import ClientFor
from tests.devices.conftest import Companies
from tests.factories.network import Network


async def change_employee_state(
    companies: Companies, employee_id: UUID, state: str, version: int, http: ClientFor
) -> None:
    """The partner changes the employee's state; no worker has heard of it yet."""
    manager = await http(companies.partner.owner)
    changed = await manager.post(
        f"/api/v1/clients/{companies.jianfa.id}/employees/{employee_id}/state",
        json={"state": state, "version": version},
    )
    assert changed.is_success, changed.text


async def test_who_has_left_is_shut_out_at_once_and_let_in_again_when_back(
    runtime: Runtime, network: Network, http: ClientFor, companies: Companies
) -> None:
    _, reporter = await network.device(companies.jianfa, holder="林国栋")
    async with runtime.units_of_work.begin(companies.partner.system) as work:
        employee_id = await work.session.scalar(select(Reporter.employee_id).where(Reporter.id == reporter.reporter_id))
    assert employee_id is not None
    signed_in = await http(reporter)
    assert (await signed_in.get("/api/v1/tickets")).status_code == 200
    await change_employee_state(companies, employee_id, "inactive", 1, http)
    assert (await signed_in.get("/api/v1/tickets")).status_code == 401
    await change_employee_state(companies, employee_id, "active", 2, http)
    assert (await signed_in.get("/api/v1/tickets")).status_code == 200

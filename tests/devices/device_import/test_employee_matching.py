"""Matching of employees in a list: a holder reads the device's tickets, so nobody is taken for somebody else."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from app.assets.clients import EmployeeMatcher, KnownEmployee, KnownRecords, described_people
from app.assets.clients.models import Department, Employee
from app.assets.devices.device_import.drafts import DeviceDraft
from app.assets.devices.device_import.plan import ImportPlan
from app.assets.devices.models import Device, DevicePin
from app.platform.imports import runner
from app.platform.imports.people_changes import PeopleChanges
from app.platform.imports.reading.rows import ParsedRow
from app.platform.kernel.ids import new_id
from app.platform.kernel.unit_of_work import Origin
from tests.conftest import ClientFor
from tests.devices.conftest import Importer
from tests.factories.network import Network


def csv_list(*lines: str, headings: str = "设备编号,类别,使用人,部门,工号") -> bytes:
    return "\n".join([headings, *lines]).encode()


async def holders(importer: Importer, client_id: UUID) -> dict[str, tuple[UUID | None, UUID | None]]:
    """Number → employee and reporter."""
    devices: list[Device] = await importer.rows_of(Device, client_id)
    return {device.number: (device.employee_id, device.reporter_id) for device in devices}


def told(uploaded: dict[str, Any]) -> dict[str, str]:
    return {issue["cell"]: issue["code"] for issue in uploaded["issues"]}


async def test_the_same_name_in_another_department_is_not_the_same_person(importer: Importer) -> None:
    client = await importer.new_client()
    content = csv_list("RI-3,台式机,李明,财务部", "RI-4,台式机,李明,市场部", "RI-5,笔记本,李明,市场部")
    uploaded = await importer.upload_of(client.id, content)
    assert told(uploaded) == {"C3": "holder_namesake"}
    assert uploaded["new_employees"] == 2
    await importer.post(uploaded, "confirm")
    await importer.run(uploaded)
    held = await holders(importer, client.id)
    assert held["RI-4"] == held["RI-5"] != held["RI-3"]
    assert held["RI-4"][1] != held["RI-3"][1], "the PIN of the one would open the tickets of the other"
    again = await importer.upload_of(client.id, content)
    assert (again["counts"]["unchanged"], again["issues"]) == (3, [])


async def test_padded_names_are_one_person_and_the_padding_is_told(importer: Importer) -> None:
    client = await importer.new_client()
    content = csv_list("P-1,台式机,张伟,财务部", "P-2,台式机,张　伟,财务部", "P-3,台式机,张  伟,财 务 部")
    uploaded = await importer.upload_of(client.id, content)
    assert told(uploaded) == {"C3": "name_padded", "C4": "name_padded"}
    assert (uploaded["new_employees"], uploaded["new_departments"]) == (1, [])
    await importer.post(uploaded, "confirm")
    await importer.run(uploaded)
    assert len(set((await holders(importer, client.id)).values())) == 1


async def test_who_is_recorded_with_padding_is_found(importer: Importer) -> None:
    client = await importer.new_client()
    async with importer.runtime.units_of_work.begin(importer.companies.partner.system) as work:
        tenant_id = importer.companies.partner.id
        department_id, employee_id = new_id(), new_id()
        work.session.add(Department(tenant_id=tenant_id, client_id=client.id, id=department_id, name="财 务 部"))
        await work.session.flush()
        work.session.add(
            Employee(
                tenant_id=tenant_id, client_id=client.id, id=employee_id, name="张　伟", department_id=department_id
            )
        )
    await importer.import_of(client.id, csv_list("P-1,台式机,张伟,财务部"))
    assert (await holders(importer, client.id))["P-1"][0] == employee_id


async def test_the_holder_changes_the_pin_dies_and_the_old_one_sees_nothing_newer(
    importer: Importer, network: Network, http: ClientFor
) -> None:
    client = await importer.new_client()
    device_id, old_holder = await network.device(client, "HC-1", "赵敏")
    assert old_holder.client_id
    assert old_holder.reporter_id
    manager = await http(importer.companies.partner.owner)
    assert (await manager.post("/api/v1/pins", json={"device_ids": [str(device_id)]})).status_code == 200
    opened = await network.signin.open_for_reporter(
        old_holder.tenant_id, old_holder.client_id, old_holder.reporter_id, device_id=device_id, origin=Origin()
    )
    by_pin = await http(None)
    by_pin.headers["authorization"] = f"Bearer {opened.token}"
    assert (await by_pin.get("/api/v1/tickets")).status_code == 200

    uploaded = await importer.upload_of(client.id, csv_list("HC-1,台式机,周芷若,财务部"))
    assert told(uploaded) == {"C2": "holder_changes"}
    assert uploaded["issues"][0]["parameters"] == {"before": "赵敏", "after": "周芷若"}
    await importer.post(uploaded, "confirm")
    await importer.run(uploaded)

    assert (await by_pin.get("/api/v1/tickets")).status_code == 401
    assert await importer.rows_of(DevicePin, client.id) == []
    assert (await manager.post("/api/v1/pins", json={"device_ids": [str(device_id)]})).status_code == 200
    (pin,) = await importer.rows_of(DevicePin, client.id)
    assert pin.reporter_id == (await holders(importer, client.id))["HC-1"][1] != old_holder.reporter_id
    elsewhere = await http(old_holder)
    assert (await elsewhere.get("/api/v1/devices")).json()["items"] == []
    assert (await elsewhere.get(f"/api/v1/devices/{device_id}")).status_code == 404


async def test_a_list_does_not_bring_back_who_has_left_and_a_number_of_somebody_else_is_told(
    importer: Importer,
) -> None:
    client = await importer.new_client()
    await importer.import_of(client.id, csv_list("L-1,台式机,林国栋,财务部,1001", "L-2,台式机,黄蓉,财务部,1002"))
    async with importer.runtime.units_of_work.begin(importer.companies.partner.system) as work:
        await work.session.execute(
            update(Employee)
            .where(Employee.client_id == client.id, Employee.name == "林国栋")
            .values(state="inactive")
            .execution_options(synchronize_session=False)
        )
    before = await holders(importer, client.id)
    # An old list again; a device for who has left; a new name under a number that somebody has; the left one's number
    # given to somebody new.
    content = csv_list(
        "L-1,台式机,林国栋,财务部,1001",
        "L-3,台式机,林国栋,财务部,",
        "L-2,台式机,黄小蓉,财务部,1002",
        "L-4,台式机,郭靖,市场部,1001",
    )
    uploaded = await importer.upload_of(client.id, content)
    assert told(uploaded) == {"C2": "holder_left", "C3": "holder_left", "C4": "holder_number_of_other"}
    assert uploaded["new_employees"] == 1
    await importer.post(uploaded, "confirm")
    await importer.run(uploaded)
    after = await holders(importer, client.id)
    assert {number: after[number] for number in before} == before
    assert after["L-3"] == (None, None)
    assert after["L-4"][0] is not None


async def test_what_was_not_known_of_somebody_is_learnt_before_the_next_row_is_judged(
    importer: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "CHUNK_ROWS", 1)
    client = await importer.new_client()
    await importer.import_of(client.id, csv_list("N-1,台式机,杨过,,"))
    uploaded = await importer.upload_of(
        client.id, csv_list("N-1,台式机,杨过,财务部,2001", "N-2,台式机,杨过,财务部,2001")
    )
    assert (uploaded["completed_employees"], uploaded["issues"]) == (1, [])
    await importer.post(uploaded, "confirm")
    await importer.run(uploaded)
    await importer.import_of(client.id, csv_list("N-3,台式机,杨过,市场部,2002"))
    held = await holders(importer, client.id)
    assert held["N-1"] == held["N-2"] != held["N-3"]
    people = {(person.name, person.employee_number) for person in await importer.rows_of(Employee, client.id)}
    assert people == {("杨过", "2001"), ("杨过", "2002")}


def _plan(rows: list[DeviceDraft], people: list[KnownEmployee], held: dict[str, Device] | None = None) -> ImportPlan:
    parsed = [ParsedRow("CSV", place, draft, (), ()) for place, draft in enumerate(rows, start=2)]
    directory = KnownRecords({}, {}, EmployeeMatcher())
    directory.people.add(people)
    listed = described_people(draft.person for draft in rows)
    plan = ImportPlan(new_id, directory, held or {}, listed, PeopleChanges({}))
    plan.add(parsed)
    return plan


def _row(number: str, department: str | None = None, employee_number: str | None = None) -> DeviceDraft:
    return DeviceDraft(number=number, holder="李明", department=department, holder_employee_number=employee_number)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (1, 2, 0)])
@pytest.mark.parametrize(
    "rows",
    [
        [_row("A", "财务部"), _row("B", "市场部"), _row("C")],
        [_row("A", None, "1"), _row("B", None, "2"), _row("C")],
        [_row("A", "财务部", "1"), _row("B", "财务部", "2"), _row("C", "财务部")],
    ],
)
def test_a_row_that_could_mean_two_people_gets_nobody_in_any_order(
    rows: list[DeviceDraft], order: tuple[int, ...]
) -> None:
    plan = _plan([rows[place] for place in order], [])
    held = {values["number"]: values["employee_id"] for values in plan.new_devices}
    assert held["C"] is None, "the row without a department or number was given to one of two people by its place"
    assert len({held["A"], held["B"], None}) == 3


def test_who_is_recorded_by_name_alone_is_not_given_the_devices_of_one_of_two() -> None:
    known = KnownEmployee(new_id(), "李明")
    plan = _plan([_row("A", "财务部"), _row("B", "市场部")], [known])
    assert {values["employee_id"] for values in plan.new_devices} == {None}
    assert len(plan.issues) == 2
    alone = _plan([_row("A", "财务部"), _row("B", "财务部")], [KnownEmployee(known.id, "李明")])
    assert {values["employee_id"] for values in alone.new_devices} == {known.id}
    assert set(alone.completed_employees) == {known.id}

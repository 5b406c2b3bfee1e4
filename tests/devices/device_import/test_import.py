"""Importing a list: the dry run reports everything, confirmation writes it, a repetition changes only what changed."""

from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from app.assets.clients.models import Department, Employee, Site
from app.assets.devices.device_import.plan_writer import PlanWriter
from app.assets.devices.models import Device, DeviceChange
from app.people.identity import Reporter
from app.platform.imports import runner
from app.platform.imports.events import ImportConfirmed
from app.platform.imports.models import ImportMapping
from app.platform.imports.reading.workbook import read_workbook
from app.platform.kernel.ids import new_id
from app.platform.kernel.outbox import OutboxEvent
from tests.devices.conftest import Companies, Importer
from tests.factories.device_workbook import (
    HEADINGS,
    CellContent,
    device_row,
    device_workbook,
    faulty_device_workbook,
    workbook_bytes,
)


async def test_the_dry_run_tells_what_would_happen_and_writes_nothing(importer: Importer) -> None:
    client = await importer.new_client()
    uploaded = await importer.upload_of(client.id, faulty_device_workbook())
    assert uploaded["state"] == "ready"
    assert {name: uploaded["counts"][name] for name in ("new", "changed", "unchanged", "refused")} == {
        "new": 18,
        "changed": 0,
        "unchanged": 0,
        "refused": 2,
    }
    assert {(issue["cell"], issue["code"]) for issue in uploaded["issues"] if issue["refused"]} == {
        ("B5", "number_duplicate"),
        ("B6", "number_missing"),
    }
    assert await importer.rows_of(Device, client.id) == []


async def test_the_yes_writes_the_good_rows_with_their_people_and_places(importer: Importer) -> None:
    client = await importer.new_client()
    done = await importer.import_of(client.id, device_workbook(device_row(serial) for serial in range(1, 31)))
    assert (done["state"], done["rows_done"], done["rows_total"]) == ("done", 30, 30)
    assert done["written"] == {"new": 30, "changed": 0, "unchanged": 0, "refused": 0}
    devices = {device.number: device for device in await importer.rows_of(Device, client.id)}
    people = {person.id: person for person in await importer.rows_of(Employee, client.id)}
    reporters = {reporter.id: reporter for reporter in await importer.rows_of(Reporter, client.id)}
    one = devices["XM-00007"]
    assert (one.category, one.brand, one.operating_system) == ("desktop", "联想", "Win11 专业版")
    assert people[one.employee_id].name == "员工00007"
    assert reporters[one.reporter_id].employee_id == one.employee_id
    assert {site.name for site in await importer.rows_of(Site, client.id)} == {
        "总部大楼",
        "总部",
        "湖里门店",
        "集美仓库",
    }
    assert {department.name for department in await importer.rows_of(Department, client.id)} == {"财务部"}


async def test_a_site_that_is_like_a_known_one_is_asked_about_and_not_made(importer: Importer) -> None:
    client = await importer.new_client()
    rows = [device_row(serial, 所在网点="海沧厂区") for serial in range(1, 7)]
    rows += [device_row(7, 所在网点="总部大厦"), device_row(8, 所在网点="海沧厂房")]
    uploaded = await importer.upload_of(client.id, device_workbook(rows))
    doubts = {(issue["cell"], issue["code"], issue["parameters"]["suggestion"]) for issue in uploaded["issues"]}
    assert doubts == {("F10", "site_similar", "总部大楼"), ("F11", "site_similar", "海沧厂区")}
    assert uploaded["new_sites"] == ["海沧厂区"]


async def test_again_changes_only_what_changed(importer: Importer) -> None:
    client = await importer.new_client()
    rows = [device_row(serial) for serial in range(1, 11)]
    await importer.import_of(client.id, device_workbook(rows))
    people_before = len(await importer.rows_of(Employee, client.id))
    again = await importer.upload_of(client.id, device_workbook(rows))
    assert (again["counts"]["new"], again["counts"]["changed"], again["counts"]["unchanged"]) == (0, 0, 10)
    rows[4] = device_row(5, 品牌型号="戴尔 OptiPlex 7090", 使用人="员工00006")
    done = await importer.import_of(client.id, device_workbook([*rows, device_row(11)]))
    assert done["written"] == {"new": 1, "changed": 1, "unchanged": 9, "refused": 0}
    devices = {device.number: device for device in await importer.rows_of(Device, client.id)}
    assert {number for number, device in devices.items() if device.version > 1} == {"XM-00005"}
    assert devices["XM-00005"].reporter_id == devices["XM-00006"].reporter_id
    (change,) = await importer.rows_of(DeviceChange, client.id)
    assert set(change.changes) == {"brand", "model", "employee_id"}
    assert (change.changes["brand"], change.actor_name, change.source) == (["联想", "戴尔"], "陈总", "import")
    assert len(await importer.rows_of(Employee, client.id)) == people_before + 1


async def test_a_killed_import_goes_on_where_it_stopped(importer: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    client = await importer.new_client()
    monkeypatch.setattr(runner, "CHUNK_ROWS", 10)
    uploaded = await importer.upload_of(client.id, device_workbook(device_row(serial) for serial in range(1, 36)))
    await importer.post(uploaded, "confirm")
    whole = PlanWriter.write
    chunks = 0

    async def killed_in_the_third(self: Any, plan: Any) -> None:
        nonlocal chunks
        chunks += 1
        await whole(self, plan)
        if chunks == 3:
            raise ConnectionError("killed")

    monkeypatch.setattr(PlanWriter, "write", killed_in_the_third)
    with pytest.raises(ConnectionError):
        await importer.run(uploaded)
    caller = await importer.http(importer.companies.partner.owner)
    half = (await caller.get(f"/api/v1/imports/{uploaded['id']}")).json()
    assert (half["state"], half["rows_done"]) == ("running", 20)
    assert len(await importer.rows_of(Device, client.id)) == 20

    done = await importer.run(uploaded)
    assert (done["state"], done["rows_done"], done["written"]["new"]) == ("done", 35, 35)
    assert len(await importer.rows_of(Device, client.id)) == 35
    twice = await importer.run(uploaded)
    assert twice["written"] == done["written"]


async def test_a_cancelled_import_stops(importer: Importer) -> None:
    client = await importer.new_client()
    uploaded = await importer.upload_of(client.id, device_workbook([device_row(1)]))
    cancelled = (await importer.post(uploaded, "cancel")).json()
    assert cancelled["state"] == "cancelled"
    refused = await importer.post(cancelled, "confirm")
    assert (refused.status_code, refused.json()["code"]) == (409, "list_import.move_refused")
    await importer.run(uploaded)
    assert await importer.rows_of(Device, client.id) == []


async def test_the_event_of_the_yes_is_published_once(importer: Importer) -> None:
    client = await importer.new_client()
    uploaded = await importer.upload_of(client.id, device_workbook([device_row(1)]))
    assert (await importer.post(uploaded, "confirm")).status_code == 200
    assert (await importer.post(uploaded, "confirm")).status_code == 409
    async with importer.runtime.units_of_work.begin(importer.companies.partner.system) as work:
        payloads = await work.session.scalars(
            select(OutboxEvent.payload).where(OutboxEvent.topic == ImportConfirmed.topic)
        )
    (event,) = [payload for payload in payloads if payload["import_id"] == uploaded["id"]]
    assert msgspec.convert(event, ImportConfirmed).client_id == client.id


async def test_unknown_headings_are_mapped_once_and_remembered(importer: Importer) -> None:
    client = await importer.new_client()
    headings = list(HEADINGS)
    headings[1] = "我们的号"
    content = workbook_bytes({"表": [headings, *(device_row(serial) for serial in range(1, 4))]})
    uploaded = await importer.upload_of(client.id, content)
    assert (uploaded["state"], uploaded["problem"]) == ("mapping", "list_import.key_heading_missing")
    assert "我们的号" in [heading["heading"] for heading in uploaded["headings"]]
    assert {"heading": "我们的号", "field": None, "proposed": "number"} in uploaded["headings"]
    mapped = await importer.post(uploaded, "mapping", mapping={"我们的号": "number", "IP地址": None})
    assert mapped.status_code == 200, mapped.text
    assert (mapped.json()["state"], mapped.json()["counts"]["new"]) == ("ready", 3)
    await importer.post(mapped.json(), "confirm")
    await importer.run(uploaded)
    devices = await importer.rows_of(Device, client.id)
    assert {device.ip_address for device in devices} == {""}
    assert len(await importer.rows_of(ImportMapping, client.id)) == 1
    again = await importer.upload_of(client.id, content)
    assert (again["state"], again["counts"]["unchanged"]) == ("ready", 3)


async def test_the_error_sheet_runs_nothing(importer: Importer) -> None:
    client = await importer.new_client()
    uploaded = await importer.upload_of(client.id, faulty_device_workbook())
    caller = await importer.http(importer.companies.partner.owner)
    answer = await caller.get(f"/api/v1/imports/{uploaded['id']}/error-sheet")
    assert answer.status_code == 200
    (sheet,) = read_workbook(answer.content).sheets
    assert not sheet.marks.formulas
    texts = [str(value) for row in sheet.rows for value in row]
    assert any(text.startswith("=HYPERLINK") for text in texts)
    assert any("B5" in text and "XM-00001" in text for text in texts)


async def test_people_of_one_name_are_asked_about(importer: Importer) -> None:
    client = await importer.new_client()
    async with importer.runtime.units_of_work.begin(importer.companies.partner.system) as work:
        for _ in range(2):
            work.session.add(
                Employee(
                    tenant_id=importer.companies.partner.id,
                    client_id=client.id,
                    id=new_id(),
                    name="王伟",
                    department_id=None,
                )
            )
    uploaded = await importer.upload_of(client.id, device_workbook([device_row(1, 使用人="王伟", 所属部门="市场部")]))
    assert ("D4", "holder_ambiguous") in [(issue["cell"], issue["code"]) for issue in uploaded["issues"]]
    assert uploaded["new_employees"] == 0


async def test_a_list_that_calls_a_retired_device_broken_is_asked_about(importer: Importer) -> None:
    client = await importer.new_client()
    await importer.import_of(client.id, device_workbook([device_row(1)]))
    async with importer.runtime.units_of_work.begin(importer.companies.partner.system) as work:
        (device,) = await work.session.scalars(select(Device).where(Device.client_id == client.id))
        device.state = "retired"
    row: list[CellContent] = [*device_row(1), "维修"]
    uploaded = await importer.upload_of(client.id, workbook_bytes({"表": [[*HEADINGS, "设备状态"], row]}))
    assert [issue["code"] for issue in uploaded["issues"]] == ["state_move_refused"]
    assert uploaded["counts"]["unchanged"] == 1


async def test_who_may_not_import_is_told_so_and_foreign_imports_do_not_exist(
    importer: Importer, companies: Companies
) -> None:
    uploaded = await importer.upload_of(companies.jianfa.id, device_workbook([device_row(1)]))
    contact = await importer.http(companies.jianfa.contact)
    assert (await contact.get(f"/api/v1/imports/{uploaded['id']}")).status_code == 403
    stranger = await importer.http(companies.stranger.owner)
    answers = [await stranger.get(f"/api/v1/imports/{id_}") for id_ in (uploaded["id"], new_id())]
    assert [answer.status_code for answer in answers] == [404, 404]
    foreign_client = await stranger.post(
        "/api/v1/imports",
        data={"client_id": str(companies.jianfa.id)},
        files={"file": ("a.xlsx", device_workbook([device_row(1)]))},
    )
    assert foreign_client.status_code == 404


async def test_rubbish_is_refused_in_words(importer: Importer, companies: Companies) -> None:
    caller = await importer.http(companies.partner.owner)
    answer = await caller.post(
        "/api/v1/imports", data={"client_id": str(companies.jianfa.id)}, files={"file": ("a.xlsx", b"\x7fELF\x00\x01")}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "list_import.file_type_unknown")
    large = await caller.post(
        "/api/v1/imports", data={"client_id": str(companies.jianfa.id)}, files={"file": ("a.csv", b"a" * 10_200_000)}
    )
    assert large.status_code == 413


async def test_a_guessed_encoding_is_told_with_its_first_lines_and_can_be_chosen(importer: Importer) -> None:
    client = await importer.new_client()
    content = "设备编号,类别,使用人\nEN-1,台式机,张伟\n".encode("gb18030")
    uploaded = await importer.upload_of(client.id, content, "list.csv")
    assert uploaded["read_as"] == {
        "encoding": "gb18030",
        "is_guess": True,
        "lines": ["设备编号,类别,使用人", "EN-1,台式机,张伟"],
    }
    refused = await importer.post(uploaded, "mapping", mapping={}, encoding="utf-8")
    assert (refused.status_code, refused.json()["code"]) == (422, "list_import.encoding_wrong")
    wrong = (await importer.post(uploaded, "mapping", mapping={}, encoding="windows-1252")).json()
    assert (wrong["state"], wrong["read_as"]["encoding"]) == ("mapping", "windows-1252")
    right = (await importer.post(wrong, "mapping", mapping={}, encoding="gb18030")).json()
    assert (right["state"], right["read_as"]["is_guess"], right["counts"]["new"]) == ("ready", False, 1)
    await importer.post(right, "confirm")
    done = await importer.run(right)
    assert done["written"]["new"] == 1


async def test_what_another_recorded_device_has_is_told(importer: Importer) -> None:
    client = await importer.new_client()
    heading = "设备编号,类别,序列号,IP地址,状态\n"
    await importer.import_of(
        client.id, (heading + "D-1,台式机,SN77,10.9.9.9,在用\nD-9,台式机,SN9,10.9.9.8,报废\n").encode()
    )
    uploaded = await importer.upload_of(
        client.id, (heading + "D-2,台式机,SN77,10.9.9.9,在用\nD-3,台式机,SN9,10.9.9.8,在用\n").encode()
    )
    assert [(issue["cell"], issue["code"], issue["parameters"]["other"]) for issue in uploaded["issues"]] == [
        ("C2", "serial_number_recorded", "D-1"),
        ("D2", "ip_recorded", "D-1"),
        ("C3", "serial_number_recorded", "D-9"),
    ]
    # A list that moves the address from one to the other contradicts nobody.
    moved = await importer.upload_of(
        client.id, (heading + "D-1,台式机,SN77,10.9.9.7,\nD-2,台式机,,10.9.9.9,\n").encode()
    )
    assert moved["issues"] == []


async def test_an_extension_is_kept_by_a_list_as_by_the_form(importer: Importer) -> None:
    client = await importer.new_client()
    content = "设备编号,使用人,分机\nT-1,甲一,8012\nT-2,甲二,010-62345678-8012\n"
    done = await importer.import_of(client.id, content.encode())
    assert done["issues"] == []
    people = {person.name: person.phone for person in await importer.rows_of(Employee, client.id)}
    assert people == {"甲一": "8012", "甲二": "010-62345678转8012"}

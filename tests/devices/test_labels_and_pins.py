"""Labels name a device by a token; PINs belong to its present holder and stand on paper only."""

import re
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.assets.devices.models import DeviceLabel, DevicePin
from app.people.identity import PasswordHashing
from app.platform.kernel.audit import AuditEntry
from app.platform.kernel.ids import new_id
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import Origin
from tests.conftest import ClientFor
from tests.devices.conftest import Companies
from tests.documents.pdf_reading import picture_of, scanned, text_of
from tests.factories.network import Network


class PrintDesk:
    """Prints labels and PIN slips as a dispatcher."""

    def __init__(self, http: ClientFor, companies: Companies, runtime: Runtime) -> None:
        self.http = http
        self.companies = companies
        self.runtime = runtime

    async def post(self, actor: Any, path: str, device_ids: list[UUID], **more: Any) -> Any:
        caller = await self.http(actor)
        return await caller.post(path, json={"device_ids": [str(device_id) for device_id in device_ids], **more})

    async def labels(self, *device_ids: UUID) -> list[str]:
        """What the QR codes of a print say."""
        layout = {"layout": "a4_2x5"}
        printed = await self.post(self.companies.partner.dispatcher, "/api/v1/labels", list(device_ids), **layout)
        assert printed.status_code == 200, printed.text
        return scanned(picture_of(printed.content, dots_per_inch=200))

    async def rows(self, model: type[Any], device_id: UUID) -> list[Any]:
        async with self.runtime.units_of_work.begin(self.companies.partner.system) as work:
            return list(await work.session.scalars(select(model).where(model.device_id == device_id)))


@pytest.fixture(scope="module")
def desk(http: ClientFor, companies: Companies, runtime: Runtime) -> PrintDesk:
    return PrintDesk(http, companies, runtime)


async def test_a_label_is_printed_again_with_the_same_code(desk: PrintDesk, network: Network) -> None:
    device_id, _ = await network.device(desk.companies.jianfa, "LB-1", "李静")
    (first,) = await desk.labels(device_id)
    (label,) = await desk.rows(DeviceLabel, device_id)
    assert first == f"http://127.0.0.1:8000/r/q/{desk.companies.partner.slug}/{label.token}"
    assert await desk.labels(device_id) == [first]


async def test_a_revoked_label_leads_nowhere_and_the_next_is_new(desk: PrintDesk, network: Network) -> None:
    device_id, _ = await network.device(desk.companies.jianfa, "LB-2", "李静")
    (first,) = await desk.labels(device_id)
    caller = await desk.http(desk.companies.partner.dispatcher)
    assert (await caller.delete(f"/api/v1/labels/{device_id}")).status_code == 204
    assert (await caller.delete(f"/api/v1/labels/{device_id}")).status_code == 409
    (label,) = await desk.rows(DeviceLabel, device_id)
    assert label.revoked_at is not None
    assert await desk.labels(device_id) != [first]


async def test_a_retired_device_loses_its_label_and_gets_none(desk: PrintDesk, network: Network) -> None:
    device_id, _ = await network.device(desk.companies.jianfa, "LB-3", "李静")
    await desk.labels(device_id)
    caller = await desk.http(desk.companies.partner.dispatcher)
    await caller.patch(f"/api/v1/devices/{device_id}", json={"version": 1, "state": "retired"})
    (label,) = await desk.rows(DeviceLabel, device_id)
    assert label.revoked_at is not None
    refused = await desk.post(desk.companies.partner.dispatcher, "/api/v1/labels", [device_id])
    assert (refused.status_code, refused.json()["code"]) == (409, "device.out_of_use")


async def test_what_cannot_be_printed_is_told_first(desk: PrintDesk, network: Network) -> None:
    device_id, _ = await network.device(desk.companies.jianfa, "LB-𪚥-1", "李静")
    dispatcher = desk.companies.partner.dispatcher
    refused = await desk.post(dispatcher, "/api/v1/labels", [device_id])
    assert (refused.status_code, refused.json()["code"]) == (422, "document.characters_missing")
    assert "𪚥" in refused.json()["title"]
    printed = await desk.post(dispatcher, "/api/v1/labels", [device_id], print_anyway=True)
    assert "LB-〔U+2A6A5〕-1" in text_of(printed.content)


async def test_what_a_slip_cannot_say_is_told_before_the_old_pin_dies(desk: PrintDesk, network: Network) -> None:
    device_id, _ = await network.device(desk.companies.jianfa, "PN-0", "王𪚥")
    for caller in (desk.companies.partner.dispatcher, desk.companies.jianfa.contact):
        refused = await desk.post(caller, "/api/v1/pins", [device_id])
        assert (refused.status_code, refused.json()["code"]) == (422, "document.characters_missing")
        assert "𪚥" in refused.json()["title"]
        assert await desk.rows(DevicePin, device_id) == []
    printed = await desk.post(desk.companies.partner.dispatcher, "/api/v1/pins", [device_id], print_anyway=True)
    assert "王〔U+2A6A5〕" in text_of(printed.content)


@pytest.mark.parametrize("face", ["/workspace/devices", "/portal"])
async def test_the_page_tells_what_a_slip_cannot_say_and_prints_for_whoever_was_told(
    face: str, desk: PrintDesk, network: Network
) -> None:
    device_id, _ = await network.device(desk.companies.jianfa, f"PN{face}", "王𪚥")
    person = desk.companies.jianfa.contact if face == "/portal" else desk.companies.partner.dispatcher
    browser, ticked = await desk.http(person), {"id": str(device_id)}
    page = await browser.post(f"{face}/pins", data=ticked)
    assert "印出来只能是编号：𪚥" in page.text
    assert 'name="print_anyway" value="yes"' in page.text
    assert (await browser.post(f"{face}/pins/issue", data=ticked)).status_code == 422
    printed = await browser.post(f"{face}/pins/issue", data={**ticked, "print_anyway": "yes"})
    assert printed.headers["content-type"] == "application/pdf"


async def test_the_pin_stands_on_the_slip_and_is_kept_as_a_hash(desk: PrintDesk, network: Network) -> None:
    device_id, reporter = await network.device(desk.companies.jianfa, "PN-1", "周静")
    slips = await desk.post(desk.companies.partner.dispatcher, "/api/v1/pins", [device_id])
    words = text_of(slips.content)
    (kept,) = await desk.rows(DevicePin, device_id)
    assert kept.reporter_id == reporter.reporter_id
    printed = re.search(r"PN-1 (\d{6})", words)
    assert printed is not None
    assert await PasswordHashing(64).verify(kept.pin_hash, printed[1])
    assert printed[1] not in kept.pin_hash
    assert "周静" in words


async def test_a_new_pin_replaces_the_old_and_ends_its_sessions(desk: PrintDesk, network: Network) -> None:
    device_id, reporter = await network.device(desk.companies.jianfa, "PN-2", "周静")
    await desk.post(desk.companies.partner.dispatcher, "/api/v1/pins", [device_id])
    (first,) = await desk.rows(DevicePin, device_id)
    assert reporter.client_id
    assert reporter.reporter_id
    opened = await network.signin.open_for_reporter(
        reporter.tenant_id, reporter.client_id, reporter.reporter_id, device_id=device_id, origin=Origin()
    )
    holder = await desk.http(None)
    holder.headers["authorization"] = f"Bearer {opened.token}"
    assert (await holder.get("/api/v1/devices")).status_code == 200
    await desk.post(desk.companies.partner.dispatcher, "/api/v1/pins", [device_id])
    (second,) = await desk.rows(DevicePin, device_id)
    assert second.pin_hash != first.pin_hash
    assert (await holder.get("/api/v1/devices")).status_code == 401


async def test_a_client_administrator_issues_pins_for_the_own_company_only(desk: PrintDesk, network: Network) -> None:
    own, _ = await network.device(desk.companies.jianfa, "PN-3", "周静")
    theirs, _ = await network.device(desk.companies.xiangyu, "PN-4", "吴敏")
    slips = await desk.post(desk.companies.jianfa.contact, "/api/v1/pins", [own])
    assert slips.status_code == 200, slips.text
    (kept,) = await desk.rows(DevicePin, own)
    assert kept.issued_by == "王工"
    async with desk.runtime.units_of_work.begin(desk.companies.partner.system) as work:
        actions = set(
            await work.session.scalars(
                select(AuditEntry.action).where(AuditEntry.membership_id == desk.companies.jianfa.contact.membership_id)
            )
        )
    assert {"command.pin_issued", "pin.issued"} <= actions
    answers = [
        (answer.status_code, answer.json()["code"])
        for device_id in (theirs, new_id())
        for answer in [await desk.post(desk.companies.jianfa.contact, "/api/v1/pins", [own, device_id])]
    ]
    assert answers == [(404, "request.not_found"), (404, "request.not_found")]
    assert await desk.rows(DevicePin, theirs) == []


async def test_what_nobody_holds_gets_no_pin(desk: PrintDesk) -> None:
    caller = await desk.http(desk.companies.partner.dispatcher)
    spare = (
        await caller.post("/api/v1/devices", json={"client_id": str(desk.companies.jianfa.id), "number": "PN-9"})
    ).json()
    refused = await desk.post(desk.companies.partner.dispatcher, "/api/v1/pins", [UUID(spare["id"])])
    assert (refused.status_code, refused.json()["code"]) == (409, "device.holder_missing")
    assert "PN-9" in refused.json()["title"]
    nothing = await desk.post(desk.companies.partner.dispatcher, "/api/v1/pins", [])
    assert (nothing.status_code, nothing.json()["code"]) == (422, "device.none_selected")
    many = await desk.post(desk.companies.partner.dispatcher, "/api/v1/pins", [new_id() for _ in range(301)])
    assert (many.status_code, many.json()["code"]) == (422, "device.too_many_selected")


async def test_reporters_and_engineers_issue_nothing(desk: PrintDesk, network: Network) -> None:
    device_id, reporter = await network.device(desk.companies.jianfa, "PN-10", "周静")
    engineer = await network.member(desk.companies.partner.id, "小陈", ["engineer"])
    for actor in (reporter, engineer):
        for path in ("/api/v1/pins", "/api/v1/labels"):
            assert (await desk.post(actor, path, [device_id])).status_code == 403

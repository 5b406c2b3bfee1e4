"""Service reports: made from a visit, signed once for good, printed in Chinese, read by whom they concern."""

import hashlib
from base64 import b64encode
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from PIL import Image
from sqlalchemy import select

from app.desk.tickets.models import ServiceReport
from app.desk.tickets.tasks import archive_report
from app.platform.files import file_key, file_store_of
from app.platform.files.models import StoredFile
from app.platform.kernel.actor import Actor
from app.platform.kernel.outbox import OutboxEvent
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from tests.conftest import START, ClientFor
from tests.documents.pdf_reading import text_of
from tests.factories.network import ClientCompany, Network, PartnerCompany
from tests.factories.signature import strokes

pytestmark = pytest.mark.usefixtures("monday_morning")

WORK = {"work_done": "更换内存条并除尘,开机正常", "cause": "内存接触不良", "work_minutes": 25}


def signing(report: dict[str, Any], **changes: Any) -> dict[str, Any]:
    image = b64encode(strokes()).decode()
    return {"name": "李静", "content_hash": report["content_hash"], "image": image} | changes


@dataclass
class Scene:
    partner: PartnerCompany
    client: ClientCompany
    device_id: UUID
    engineer: Actor
    by_reporter: Any
    by_dispatcher: Any
    by_engineer: Any
    by_contact: Any


@pytest.fixture(scope="module")
async def scene(network: Network, http: ClientFor) -> Scene:
    partner = await network.partner()
    await network.service_level(partner)
    client = await network.client(partner)
    device_id, reporter = await network.device(client, "XM-0123")
    engineer = await network.engineer(partner)
    people = [await http(actor) for actor in (reporter, partner.dispatcher, engineer, client.contact)]
    return Scene(partner, client, device_id, engineer, *people)


@dataclass
class Job:
    ticket_id: str
    visit_id: str


async def planned(scene: Scene) -> Job:
    reported = await scene.by_reporter.post(
        "/api/v1/tickets", json={"subject": "开不了机", "device_id": str(scene.device_id)}
    )
    ticket_id = reported.json()["id"]
    assigned = await scene.by_dispatcher.post(
        f"/api/v1/tickets/{ticket_id}/assignments",
        json={
            "engineer_id": str(scene.engineer.membership_id),
            "scheduled_start": (START + timedelta(hours=1)).isoformat(),
            "scheduled_end": (START + timedelta(hours=2)).isoformat(),
        },
    )
    return Job(ticket_id, assigned.json()["visit_id"])


async def finished(scene: Scene, clock: SettableClock) -> Job:
    job = await planned(scene)
    clock.advance(timedelta(minutes=70))
    for step in ("accept", "depart", "arrive"):
        answer = await scene.by_engineer.post(f"/api/v1/visits/{job.visit_id}/{step}")
        assert answer.status_code == 204, answer.text
    clock.advance(timedelta(minutes=30))
    answer = await scene.by_engineer.post(f"/api/v1/visits/{job.visit_id}/resolve", json=WORK)
    assert answer.status_code == 204, answer.text
    return job


async def made(scene: Scene, job: Job) -> dict[str, Any]:
    answer = await scene.by_engineer.post(f"/api/v1/visits/{job.visit_id}/report")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def signed(scene: Scene, job: Job, **changes: Any) -> dict[str, Any]:
    body = signing(await made(scene, job), **changes)
    answer = await scene.by_engineer.post(f"/api/v1/visits/{job.visit_id}/report/signature", json=body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_a_report_tells_the_visit_and_how_the_promises_were_kept(scene: Scene, clock: SettableClock) -> None:
    report = await made(scene, await finished(scene, clock))
    content = report["content"]
    assert report["number"].startswith("SR-20261116-")
    assert (content["work_done"], content["work_minutes"]) == (WORK["work_done"], 25)
    assert content["device"]["number"] == "XM-0123"
    assert content["device"]["category"] == "台式机"
    assert {target["name"]: target["state"] for target in content["targets"]} == {
        "响应": "met",
        "到场": "met",
        "解决": "met",
    }
    arrival = next(target for target in content["targets"] if target["name"] == "到场")
    assert arrival["due_at"] is not None
    assert arrival["met_at"] == "2026-11-16T02:40:00Z"


async def test_before_the_work_is_done_there_is_nothing_to_report(scene: Scene) -> None:
    job = await planned(scene)
    answer = await scene.by_engineer.post(f"/api/v1/visits/{job.visit_id}/report")
    assert (answer.status_code, answer.json()["code"]) == (409, "visit.not_finished")
    assert (await scene.by_engineer.get(f"/api/v1/visits/{job.visit_id}/report")).status_code == 404


async def test_a_report_nobody_signed_follows_the_records(scene: Scene, clock: SettableClock) -> None:
    job = await finished(scene, clock)
    first = await made(scene, job)
    corrected = await scene.by_engineer.post(
        f"/api/v1/visits/{job.visit_id}/correct", json={**WORK, "work_done": "更换电源"}
    )
    assert corrected.json()["id"] == first["id"]
    assert corrected.json()["content"]["work_done"] == "更换电源"
    assert corrected.json()["content_hash"] != first["content_hash"]


async def test_a_signature_confirms_the_ticket_and_stands_on_the_timeline(scene: Scene, clock: SettableClock) -> None:
    job = await finished(scene, clock)
    report = await signed(scene, job, client_confirms=True)
    assert (report["signed_by"], report["signed_at"]) == ("李静", "2026-11-16T03:10:00Z")
    ticket = (await scene.by_reporter.get(f"/api/v1/tickets/{job.ticket_id}")).json()
    assert (ticket["state"], ticket["confirmed_by"]) == ("closed", "signature")
    line = next(line for line in ticket["timeline"] if line["kind"] == "report_signed")
    assert line["details"] == {"number": report["number"], "edition": 1, "signed_by": "李静"}


async def test_a_signature_without_confirmation_leaves_the_ticket_to_the_client(
    scene: Scene, clock: SettableClock
) -> None:
    job = await finished(scene, clock)
    await signed(scene, job)
    ticket = (await scene.by_reporter.get(f"/api/v1/tickets/{job.ticket_id}")).json()
    assert ticket["state"] == "resolved"


async def test_a_signed_edition_never_changes_and_a_correction_makes_the_next(
    scene: Scene, clock: SettableClock
) -> None:
    job = await finished(scene, clock)
    first = await signed(scene, job)
    address = f"/api/v1/service-reports/{first['id']}/document"
    paper = (await scene.by_engineer.get(address)).content
    assert (await made(scene, job))["id"] == first["id"]

    corrected = await scene.by_engineer.post(
        f"/api/v1/visits/{job.visit_id}/correct", json={**WORK, "work_done": "更换电源"}
    )
    second = corrected.json()

    assert (second["number"], second["edition"], second["signed_at"]) == (first["number"], 2, None)
    assert [edition["edition"] for edition in second["editions"]] == [1, 2]
    assert (await scene.by_engineer.get(address)).content == paper
    assert "本版替代第 1 版" in text_of(
        (await scene.by_engineer.get(f"/api/v1/service-reports/{second['id']}/document")).content
    )
    ticket = (await scene.by_engineer.get(f"/api/v1/tickets/{job.ticket_id}")).json()
    note = next(line for line in ticket["timeline"] if line["kind"] == "correction")
    assert note["details"]["before"]["work_done"] == WORK["work_done"]


async def test_nobody_signs_twice_or_something_else_than_was_shown(scene: Scene, clock: SettableClock) -> None:
    job = await finished(scene, clock)
    shown = await made(scene, job)
    await scene.by_engineer.post(f"/api/v1/visits/{job.visit_id}/correct", json={**WORK, "work_minutes": 90})
    address = f"/api/v1/visits/{job.visit_id}/report/signature"
    stale = await scene.by_engineer.post(address, json=signing(shown))
    assert (stale.status_code, stale.json()["code"]) == (409, "document.content_changed")
    report = await signed(scene, job)
    again = await scene.by_engineer.post(address, json=signing(report, name="别人"))
    assert (again.status_code, again.json()["code"]) == (409, "document.already_signed")


async def test_a_repeated_signature_with_one_key_is_signed_once(scene: Scene, clock: SettableClock) -> None:
    job = await finished(scene, clock)
    body, key = signing(await made(scene, job)), {"idempotency-key": uuid4().hex}
    address = f"/api/v1/visits/{job.visit_id}/report/signature"
    answers = [await scene.by_engineer.post(address, json=body, headers=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()


@pytest.mark.parametrize("rubbish", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n broken", b"GIF89a"])
async def test_rubbish_is_no_signature(scene: Scene, clock: SettableClock, rubbish: bytes) -> None:
    job = await finished(scene, clock)
    body = signing(await made(scene, job), image=b64encode(rubbish).decode())
    answer = await scene.by_engineer.post(f"/api/v1/visits/{job.visit_id}/report/signature", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "image.unreadable")
    assert (await made(scene, job))["signed_at"] is None


async def test_an_empty_sheet_is_no_signature(scene: Scene, clock: SettableClock) -> None:
    job = await finished(scene, clock)
    stream = BytesIO()
    Image.new("RGBA", (600, 200), (0, 0, 0, 0)).save(stream, "PNG")
    body = signing(await made(scene, job), image=b64encode(stream.getvalue()).decode())
    answer = await scene.by_engineer.post(f"/api/v1/visits/{job.visit_id}/report/signature", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "signature.blank")


async def test_the_document_is_chinese_and_carries_the_hash_of_its_content(scene: Scene, clock: SettableClock) -> None:
    job = await finished(scene, clock)
    report = await signed(scene, job)
    answer = await scene.by_engineer.get(f"/api/v1/service-reports/{report['id']}/document")
    assert answer.headers["content-type"] == "application/pdf"
    words = text_of(answer.content).replace(" ", "")
    for expected in ("客户服务报告", "开不了机", "更换内存条并除尘", "服务承诺", "李静", report["content_hash"]):
        assert expected.replace(" ", "") in words


async def test_client_and_reporter_download_what_concerns_them_and_nobody_else_can(
    scene: Scene, clock: SettableClock, network: Network, http: ClientFor
) -> None:
    job = await finished(scene, clock)
    report = await signed(scene, job)
    address = f"/api/v1/service-reports/{report['id']}/document"
    for reader in (scene.by_contact, scene.by_reporter, scene.by_dispatcher):
        answer = await reader.get(address)
        assert answer.status_code == 200
        assert answer.content.startswith(b"%PDF-")
        listed = (await reader.get(f"/api/v1/tickets/{job.ticket_id}/service-reports")).json()
        assert [each["id"] for each in listed] == [report["id"]]
    by_page = await scene.by_contact.get(f"/service-reports/{report['id']}")
    assert by_page.content == (await scene.by_contact.get(address)).content
    neighbour = await network.client(scene.partner, "厦门第九中学")
    strangers = [
        await http(neighbour.contact),
        await http((await network.device(scene.client, holder="张伟"))[1]),
        await http((await network.partner()).dispatcher),
        await http(await network.engineer(scene.partner, "别的工程师")),
    ]
    for stranger in strangers:
        assert (await stranger.get(address)).status_code == 404
        assert (await stranger.get(f"/api/v1/visits/{job.visit_id}/report")).status_code == 404
        assert (await stranger.get(f"/api/v1/tickets/{job.ticket_id}/service-reports")).status_code == 404


async def test_another_engineer_can_neither_make_correct_nor_sign(
    scene: Scene, clock: SettableClock, network: Network, http: ClientFor
) -> None:
    job = await finished(scene, clock)
    body = signing(await made(scene, job))
    other = await http(await network.engineer(scene.partner, "别的工程师"))
    visit = f"/api/v1/visits/{job.visit_id}"
    assert (await other.post(f"{visit}/report")).status_code == 404
    assert (await other.post(f"{visit}/correct", json=WORK)).status_code == 404
    assert (await other.post(f"{visit}/report/signature", json=body)).status_code == 404
    assert (await scene.by_contact.post(f"{visit}/report")).status_code == 403


async def test_the_signed_document_is_archived_once_in_the_rings_of_its_ticket(
    scene: Scene, clock: SettableClock, runtime: Runtime
) -> None:
    job = await finished(scene, clock)
    report = await signed(scene, job)
    paper = (await scene.by_contact.get(f"/api/v1/service-reports/{report['id']}/document")).content
    async with runtime.units_of_work.begin(scene.partner.system) as work:
        events = await work.session.scalars(select(OutboxEvent).where(OutboxEvent.topic == "service_report.signed"))
        event = next(each for each in events if each.payload["report_id"] == report["id"])
    for _ in range(2):
        await archive_report(runtime, scene.partner.id, event.id, event.payload)

    async with runtime.units_of_work.begin(scene.client.contact) as work:
        kept = await work.session.scalars(select(StoredFile).where(StoredFile.subject_id == UUID(report["id"])))
        rows = {row.subject_kind: row for row in kept}
    assert set(rows) == {"signature", "service_report"}
    document = rows["service_report"]
    assert document.sha256 == hashlib.sha256(paper).hexdigest()
    assert await file_store_of(runtime).get(file_key(scene.partner.id, document.id)) == paper
    assert (await scene.by_reporter.get(f"/api/v1/service-reports/{report['id']}/document")).content == paper


async def test_content_changed_behind_our_back_is_not_printed_as_signed(
    scene: Scene, clock: SettableClock, runtime: Runtime
) -> None:
    job = await finished(scene, clock)
    report = await signed(scene, job)
    async with runtime.units_of_work.begin(scene.partner.system) as work:
        row = await work.session.get(ServiceReport, (scene.partner.id, UUID(report["id"])))
        assert row is not None
        row.content = {**row.content, "work_done": "什么也没做"}
    answer = await scene.by_contact.get(f"/api/v1/service-reports/{report['id']}/document")
    assert (answer.status_code, answer.json()["code"]) == (409, "document.content_changed")

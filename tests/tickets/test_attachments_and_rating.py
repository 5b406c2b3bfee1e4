"""Photos on tickets, and what the reporter thinks of the service, by the API."""

from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image

from app.platform.kernel.time_source import SettableClock
from tests.conftest import ClientFor
from tests.factories.network import ClientCompany, Network, PartnerCompany

pytestmark = pytest.mark.usefixtures("monday_morning")

GPS = 0x8825
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def photo(*, at_the_harbour: bool = False) -> bytes:
    """A JPEG, with the place where it was taken if asked for."""
    written = BytesIO()
    exif = Image.Exif()
    if at_the_harbour:
        exif[GPS] = {1: "N", 2: (24.0, 28.0, 46.0), 3: "E", 4: (118.0, 5.0, 22.0)}
    Image.new("RGB", (64, 48), "red").save(written, "JPEG", exif=exif)
    return written.getvalue()


@dataclass
class Scene:
    """A partner with one client and two reporters."""

    partner: PartnerCompany
    client: ClientCompany
    device_id: str
    by_reporter: Any
    by_other_reporter: Any
    by_dispatcher: Any
    by_contact: Any


@pytest.fixture(scope="module")
async def scene(network: Network, http: ClientFor) -> Scene:
    partner = await network.partner()
    await network.service_level(partner)
    client = await network.client(partner)
    device_id, reporter = await network.device(client)
    _, other = await network.device(client, holder="张伟")
    return Scene(
        partner,
        client,
        str(device_id),
        await http(reporter),
        await http(other),
        await http(partner.dispatcher),
        await http(client.contact),
    )


async def reported(scene: Scene) -> str:
    answer = await scene.by_reporter.post("/api/v1/tickets", json={"subject": "黑屏", "device_id": scene.device_id})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def resolved(scene: Scene) -> str:
    ticket_id = await reported(scene)
    classes = {"service_category": "hardware", "product_category": "desktop", "impact": "low", "urgency": "medium"}
    await scene.by_dispatcher.post(f"/api/v1/tickets/{ticket_id}/triage", json=classes)
    answer = await scene.by_dispatcher.post(f"/api/v1/tickets/{ticket_id}/resolve", json={"work_done": "重启"})
    assert answer.status_code == 200, answer.text
    return ticket_id


async def attached(scene: Scene, ticket_id: str, *photos: bytes) -> Any:
    files = [("photos", (f"IMG_{number}.jpg", data, "image/jpeg")) for number, data in enumerate(photos)]
    return await scene.by_reporter.post(f"/api/v1/tickets/{ticket_id}/photos", files=files)


async def test_a_photo_is_seen_by_whoever_sees_the_ticket_and_by_nobody_else(scene: Scene, network: Network) -> None:
    ticket_id = await reported(scene)
    answer = await attached(scene, ticket_id, photo())
    assert answer.status_code == 201, answer.text
    address = f"/api/v1/files/{answer.json()[0]['id']}"
    for reader in (scene.by_reporter, scene.by_dispatcher, scene.by_contact):
        for path in (address, f"{address}/thumbnail"):
            found = await reader.get(path)
            assert found.status_code == 200
            assert found.headers["content-type"] == "image/jpeg"
            assert found.headers["x-content-type-options"] == "nosniff"
            assert found.headers["content-disposition"].startswith("inline")
            assert "sandbox" in found.headers["content-security-policy"]
    assert (await scene.by_other_reporter.get(address)).status_code == 404


async def test_strangers_get_no_photo(scene: Scene, network: Network, http: ClientFor) -> None:
    answer = await attached(scene, await reported(scene), photo())
    address = f"/api/v1/files/{answer.json()[0]['id']}"
    strangers = [
        await http((await network.client(scene.partner, "厦门第九中学")).contact),
        await http((await network.partner()).dispatcher),
        await http(await network.engineer(scene.partner, "别的工程师")),
    ]
    for stranger in strangers:
        assert (await stranger.get(address)).status_code == 404
    assert (await (await http(None)).get(address)).status_code == 401


async def test_the_place_where_a_photo_was_taken_is_not_kept(scene: Scene) -> None:
    answer = await attached(scene, await reported(scene), photo(at_the_harbour=True))
    kept = await scene.by_reporter.get(f"/api/v1/files/{answer.json()[0]['id']}")
    assert not Image.open(BytesIO(kept.content)).getexif()


async def test_drawings_that_can_run_are_refused(scene: Scene) -> None:
    ticket_id = await reported(scene)
    answer = await scene.by_reporter.post(
        f"/api/v1/tickets/{ticket_id}/photos", files=[("photos", ("photo.svg", SVG, "image/svg+xml"))]
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "text.markup")


async def test_a_document_is_saved_and_never_shown_in_place(scene: Scene) -> None:
    ticket_id = await reported(scene)
    answer = await scene.by_reporter.post(
        f"/api/v1/tickets/{ticket_id}/photos",
        files=[("photos", ("报错.txt", "错误 0x80070005".encode(), "text/plain"))],
    )
    kept = await scene.by_reporter.get(f"/api/v1/files/{answer.json()[0]['id']}")
    assert kept.headers["content-disposition"].startswith("attachment")


async def test_five_photos_go_at_once_and_no_more(scene: Scene) -> None:
    ticket_id = await reported(scene)
    assert len((await attached(scene, ticket_id, *[photo()] * 5)).json()) == 5
    too_many = await attached(scene, ticket_id, *[photo()] * 6)
    assert (too_many.status_code, too_many.json()["code"]) == (422, "ticket.too_many_files")
    nothing = await scene.by_reporter.post(f"/api/v1/tickets/{ticket_id}/photos", files=[("other", b"x")])
    assert (nothing.status_code, nothing.json()["code"]) == (422, "file.missing")


async def test_a_photo_sent_twice_under_one_key_hangs_there_once(scene: Scene) -> None:
    ticket_id, key = await reported(scene), {"idempotency-key": uuid4().hex}
    sent = [
        await scene.by_reporter.post(
            f"/api/v1/tickets/{ticket_id}/photos", files=[("photos", ("a.jpg", photo(), "image/jpeg"))], headers=key
        )
        for _ in range(2)
    ]
    assert sent[0].json() == sent[1].json()
    timeline = (await scene.by_reporter.get(f"/api/v1/tickets/{ticket_id}")).json()["timeline"]
    assert [line["kind"] for line in timeline] == ["reported", "file"]


async def test_one_tap_rates_the_service_and_words_may_follow(scene: Scene, clock: SettableClock) -> None:
    ticket_id = await resolved(scene)
    path = f"/api/v1/tickets/{ticket_id}/rating"
    clock.advance(timedelta(minutes=1))
    first = await scene.by_reporter.post(path, json={"score": 5})
    assert first.status_code == 201, first.text
    assert first.json()["channel"] == "employee"
    with_words = await scene.by_reporter.post(path, json={"score": 5, "comment": "来得真快"})
    assert with_words.json()["comment"] == "来得真快"
    changed = await scene.by_reporter.post(path, json={"score": 1})
    assert (changed.status_code, changed.json()["code"]) == (409, "ticket.already_rated")
    ticket = (await scene.by_dispatcher.get(f"/api/v1/tickets/{ticket_id}")).json()
    assert ticket["rating"] == 5
    assert [line["kind"] for line in ticket["timeline"]].count("rating") == 1


async def test_only_the_client_rates_and_only_what_was_done(scene: Scene) -> None:
    ticket_id = await reported(scene)
    early = await scene.by_reporter.post(f"/api/v1/tickets/{ticket_id}/rating", json={"score": 5})
    assert (early.status_code, early.json()["code"]) == (409, "ticket.not_ratable")
    done = await resolved(scene)
    assert (await scene.by_other_reporter.post(f"/api/v1/tickets/{done}/rating", json={"score": 5})).status_code == 404
    assert (await scene.by_dispatcher.post(f"/api/v1/tickets/{done}/rating", json={"score": 5})).status_code == 403
    assert (await scene.by_reporter.post(f"/api/v1/tickets/{done}/rating", json={"score": 6})).status_code == 422

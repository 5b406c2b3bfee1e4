"""The main job once through, by the JSON API alone, on the program started as its users start it."""

import base64
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.documents.pdf_reading import text_of
from tests.factories.device_workbook import faulty_device_workbook
from tests.factories.pictures import photo, signature_png
from tests.running_program import TIMEOUT_SECONDS, running_program
from tests.story.people import Json, People, Person
from tests.tenants.partners.applicants import company

COMPANY, SLUG, DEVICE = "厦门萤光信息科技有限公司", "yingguang", "XM-00001"


@pytest.fixture(scope="module")
def people() -> Iterator[People]:
    with running_program() as program:
        made = People(program)
        yield made
        made.close()


@pytest.mark.slow(9, "the whole program and its processes")
def test_from_a_partner_that_joins_to_numbers_at_headquarters(people: People) -> None:
    headquarters = people.accept(people.program.first_link, email="hq@yinghuo.example", display_name="林总")
    owner = _partner_joins(people, headquarters)
    dispatcher, engineer = _staff(people, owner)
    client, other = _client(owner, "厦门海风实业有限公司", "haifeng"), _client(owner, "厦门其他有限公司", "qita")
    contact, stranger = _contact(people, owner, client), _contact(people, owner, other)
    _service_level(owner, client)
    _device_list(owner, client)

    employee = _employee(people, owner)
    ticket = _report(employee)
    _dispatch(dispatcher, ticket)
    report = _work(engineer, ticket)
    employee.post(f"/tickets/{ticket['id']}/confirm")
    employee.post(f"/tickets/{ticket['id']}/rating", {"score": 5})

    seen = contact.get(f"/tickets/{ticket['id']}")
    assert (seen["number"], seen["state"]) == (ticket["number"], "closed")
    life = contact.get(f"/devices/{seen['device_id']}/history")
    assert {event["ticket"]["number"] for event in life if event["kind"] == "ticket"} == {ticket["number"]}
    assert "重新插拔内存" in {event["visit"]["work_done"] for event in life if event["kind"] == "visit"}
    for path in (f"/tickets/{ticket['id']}", f"/devices/{seen['device_id']}", f"/visits/{report['visit_id']}/report"):
        assert stranger.refused("GET", path) == (404, "request.not_found")
    assert stranger.get("/tickets")["items"] == []
    assert headquarters.refused("GET", f"/tickets/{ticket['id']}") == (403, "request.forbidden")

    def counted() -> Json:
        partners = headquarters.get("/network/quality")["partners"]
        return next((line for line in partners if line["measures"]["rated"]), None)

    line = _eventually(counted, "the partner's month")
    assert line["partner"]["name"] == COMPANY
    assert (line["measures"]["tickets"], line["measures"]["resolved"]) == (1, 1)
    assert line["measures"]["satisfaction"] == 5


def _eventually(look: Callable[[], Json], what: str) -> Json:
    """What a worker brings about after the answer, waited for."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while not (found := look()):
        assert time.monotonic() < deadline, f"never came: {what}"
        time.sleep(0.1)
    return found


def _partner_joins(people: People, headquarters: Person) -> Person:
    visitor = people.visitor()
    wish = company(legal_name=COMPANY, slug=SLUG, email="owner@yingguang.example")
    visitor.post("/partner-applications/verification-codes", {"address": wish["email"]})
    code = people.program.letter(wish["email"], "data-code").code
    receipt = visitor.post("/partner-applications", {**wish, "email_code": code})
    assert visitor.get(f"/partner-applications/status/{receipt['status_token']}")["state"] == "applied"

    (summary,) = headquarters.get("/partner-applications", q=receipt["number"])["items"]
    application = headquarters.get(f"/partner-applications/{summary['id']}")
    headquarters.post(
        f"/partner-applications/{summary['id']}/approve",
        {
            "version": application["version"],
            "star_level": 4,
            "territory": ["350200"],
            "authorisations": ["hardware"],
            "begin_as": "active",
        },
    )
    owner = people.invited(wish["email"], "王老板")
    assert COMPANY in [listed["name"] for listed in visitor.get("/directory")["items"]]
    return owner


def _staff(people: People, owner: Person) -> tuple[Person, Person]:
    for name, role in (("陈调度", "dispatcher"), ("张师傅", "engineer")):
        owner.post(
            "/invitations", {"email": f"{role}@yingguang.example", "display_name": name, "roles": [role]}, key=role
        )
    return (
        people.invited("dispatcher@yingguang.example", "陈调度"),
        people.invited("engineer@yingguang.example", "张师傅"),
    )


def _client(owner: Person, name: str, code: str) -> Json:
    client = owner.post("/clients", {"name": name, "code": code})
    owner.post(f"/clients/{client['id']}/sites", {"name": "总部"})
    owner.post(f"/clients/{client['id']}/departments", {"name": "财务部"})
    return client


def _contact(people: People, owner: Person, client: Json) -> Person:
    address = f"it@{client['code']}.example"
    owner.post(
        "/invitations",
        {"email": address, "display_name": "许工", "roles": ["client_contact"], "client_id": client["id"]},
    )
    return people.invited(address, "许工")


def _service_level(owner: Person, client: Json) -> None:
    policy = next(each for each in owner.get("/sla-policies")["items"] if each["name"] == "7×24 快速服务")
    calendar = next(each for each in owner.get("/calendars")["items"] if each["name"].startswith("7×24"))
    owner.put(f"/sla-assignments/{client['id']}", {"policy_id": policy["id"], "calendar_id": calendar["id"]})


def _device_list(owner: Person, client: Json) -> None:
    tried = owner.post(
        "/imports", {"client_id": client["id"]}, files={"file": ("设备清单.xlsx", faulty_device_workbook())}
    )
    assert tried["state"] == "ready"
    doubts = {(issue["cell"], issue["refused"]) for issue in tried["issues"]}
    assert {("B5", True), ("B6", True)} <= doubts
    owner.post(f"/imports/{tried['id']}/confirm", {"version": tried["version"]})
    _eventually(lambda: owner.get(f"/imports/{tried['id']}")["state"] == "done", "the end of the import")


def _employee(people: People, owner: Person) -> Person:
    (device,) = owner.get("/devices", q=DEVICE)["items"]
    chosen = {"device_ids": [device["id"]]}
    assert DEVICE in text_of(owner.document("/labels", chosen))
    found = re.search(rf"{DEVICE} ?(\d{{6}})", text_of(owner.document("/pins", chosen)))
    assert found
    door = {"tenant": SLUG, "client": "haifeng", "device_number": DEVICE}
    wrong = "000000" if found[1] != "000000" else "111111"
    visitor = people.visitor()
    refusal = visitor.refused("POST", "/reporter-sessions", {**door, "pin": wrong})
    assert refusal == visitor.refused("POST", "/reporter-sessions", {**door, "device_number": "没有", "pin": found[1]})
    return people.holder_of(visitor.post("/reporter-sessions", {**door, "pin": found[1]})["token"])


def _report(employee: Person) -> Json:
    (device,) = employee.get("/devices")["items"]
    body = {"subject": "开不了机", "device_id": device["id"], "description": "午休回来屏幕一直黑着"}
    ticket = employee.post("/tickets", body, key="the-report")
    assert employee.post("/tickets", body, key="the-report") == ticket
    (kept,) = employee.post(f"/tickets/{ticket['id']}/photos", files={"photos": ("屏幕.jpg", photo(), "image/jpeg")})
    assert kept["content_type"] == "image/jpeg"
    return ticket


def _dispatch(dispatcher: Person, ticket: Json) -> None:
    (waiting,) = dispatcher.get("/tickets", open_only="true")["items"]
    assert waiting["id"] == ticket["id"]
    dispatcher.post(
        f"/tickets/{ticket['id']}/triage",
        {"service_category": "hardware", "product_category": "desktop", "impact": "low", "urgency": "medium"},
    )
    start = datetime.now(UTC) + timedelta(hours=1)
    times = {"scheduled_start": start.isoformat(), "scheduled_end": (start + timedelta(hours=2)).isoformat()}
    best = dispatcher.get(
        f"/tickets/{ticket['id']}/suggestions", start=times["scheduled_start"], end=times["scheduled_end"]
    )[0]
    assert best["name"] == "张师傅"
    dispatcher.post(f"/tickets/{ticket['id']}/assignments", {"engineer_id": best["engineer_id"], **times})


def _work(engineer: Person, ticket: Json) -> Json:
    (visit,) = engineer.get(f"/tickets/{ticket['id']}")["visits"]
    path = f"/visits/{visit['id']}"
    for step in ("accept", "depart", "arrive"):
        engineer.post(f"{path}/{step}")
    engineer.post(f"{path}/accept")  # the same step by the same person again is answered as the first time
    assert engineer.refused("POST", f"{path}/decline", {"reason": "去不了"})[0] == 409
    engineer.post(f"{path}/resolve", {"work_done": "重新插拔内存", "cause": "内存接触不良", "work_minutes": 25})
    report = engineer.post(f"{path}/report")
    signed = engineer.post(
        f"{path}/report/signature",
        {
            "name": "前台小李",
            "content_hash": report["content_hash"],
            "image": base64.b64encode(signature_png()).decode(),
            "client_confirms": False,
        },
        key="the-signature",
    )
    words = text_of(engineer.document(f"/service-reports/{signed['id']}/document"))
    for expected in (COMPANY, DEVICE, "重新插拔内存", "前台小李"):
        assert expected in words
    return signed

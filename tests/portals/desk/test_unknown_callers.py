"""A stranger calls: nothing typed is lost while nobody knows whose call it is."""

import asyncio
import re

import httpx

from tests.factories.desk import Desk
from tests.portals.desk.conftest import Browsers
from tests.portals.desk.page_reader import words

API = "/api/v1/unknown-callers"
HOT_LINE = "/workspace/hot-line"
SAID = {"phone": "13700001111", "name": "自称小周", "company": "鼓浪屿书店", "words": "收银机开不了机，下午要盘点。"}


async def _waiting_callers(client: httpx.AsyncClient, phone: str) -> list[str]:
    page = await client.get(HOT_LINE)
    return re.findall(rf'hot-line\?waiting=([0-9a-f-]{{36}})">(?:(?!</a>).)*{phone}', page.text, re.DOTALL)


async def test_a_strangers_call_waits_until_its_client_is_chosen_and_takes_its_words_along(
    desk: Desk, browsers: Browsers
) -> None:
    nobody = await browsers.dispatcher.get(HOT_LINE, params={"q": SAID["phone"]})
    key = re.search(r'name="idempotency_key" value="([0-9a-f]{32})"', nobody.text)
    assert "没有找到" in words(nobody)
    assert key is not None
    for _ in range(2):  # a double click
        noted = await browsers.dispatcher.post(f"{HOT_LINE}/unknown", data={**SAID, "idempotency_key": key[1]})
        assert noted.status_code == 303
    (waiting,) = await _waiting_callers(browsers.dispatcher, SAID["phone"])
    assert await _waiting_callers(browsers.other_dispatcher, SAID["phone"]) == []
    assert (await browsers.other_dispatcher.get(HOT_LINE, params={"waiting": waiting})).status_code == 404

    looked_for = await browsers.dispatcher.get(HOT_LINE, params={"waiting": waiting, "q": desk.clients[1].name[:4]})
    assert f"&amp;waiting={waiting}" in looked_for.text, "whoever is chosen, the stranger's words come along"
    client = str(desk.clients[1].id)
    form = await browsers.dispatcher.get(HOT_LINE, params={"waiting": waiting, "client": client})
    for said in (SAID["phone"], SAID["name"], SAID["words"]):
        assert said in form.text
    call = {"client": client, "waiting": waiting, "severity": "low:low", "service_category": "hardware", "next": "open"}
    refused = await browsers.dispatcher.post(HOT_LINE, data=call)
    assert refused.status_code == 422
    assert len(await _waiting_callers(browsers.dispatcher, SAID["phone"])) == 1, (
        "a refused form leaves the caller in the queue"
    )

    made = await browsers.dispatcher.post(
        HOT_LINE,
        data={**call, "symptom": "power", "description": SAID["words"], "contact_phone": SAID["phone"]},
    )
    assert SAID["words"] in words(await browsers.dispatcher.get(made.headers["location"]))
    assert await _waiting_callers(browsers.dispatcher, SAID["phone"]) == []
    late = await browsers.dispatcher.post(HOT_LINE, data={**call, "symptom": "power", "subject": "同一个电话"})
    assert late.status_code == 404, "a colleague was quicker: no second ticket"


async def test_a_program_takes_a_stranger_s_call_from_the_queue_to_a_ticket(desk: Desk, browsers: Browsers) -> None:
    said = {**SAID, "phone": "13700003333"}
    key = {"idempotency-key": "the-call-of-13700003333"}
    noted = [await browsers.dispatcher.post(API, json=said, headers=key) for _ in range(2)]
    assert [answer.status_code for answer in noted] == [201, 201]
    caller = noted[0].json()
    assert {name: caller[name] for name in said} == said
    assert [each["id"] for each in (await browsers.dispatcher.get(API)).json()].count(caller["id"]) == 1
    one = f"{API}/{caller['id']}"
    assert (await browsers.dispatcher.get(one)).json() == caller
    for answer in (await browsers.other_dispatcher.get(one), await browsers.other_dispatcher.delete(one)):
        assert answer.status_code == 404

    nobodys = await browsers.dispatcher.post(f"{one}/ticket", json={"fault": {"subject": "收银机"}})
    assert nobodys.status_code == 422
    assert (await browsers.dispatcher.get(one)).status_code == 200, "a refused ticket leaves the caller in the queue"
    call = {"fault": {"subject": "收银机开不了机", "client_id": str(desk.clients[1].id)}}
    at_once = await asyncio.gather(*(browsers.dispatcher.post(f"{one}/ticket", json=call) for _ in range(3)))
    assert sorted(answer.status_code for answer in at_once) == [201, 404, 404]
    assert (await browsers.dispatcher.get(one)).status_code == 404


async def test_a_program_dismisses_a_call_of_which_nothing_comes(browsers: Browsers) -> None:
    caller = (await browsers.dispatcher.post(API, json={"words": "打错了"})).json()
    gone = [await browsers.dispatcher.delete(f"{API}/{caller['id']}") for _ in range(2)]
    assert [answer.status_code for answer in gone] == [204, 404]


async def test_a_call_of_which_nothing_is_known_is_asked_for_a_number_or_words(browsers: Browsers) -> None:
    refused = await browsers.dispatcher.post(f"{HOT_LINE}/unknown", data={"company": "鼓浪屿书店"})

    assert refused.status_code == 422
    assert "号码和内容至少写一项。" in refused.text
    assert "鼓浪屿书店" in refused.text


async def test_a_call_of_which_nothing_comes_is_put_aside(browsers: Browsers) -> None:
    await browsers.dispatcher.post(f"{HOT_LINE}/unknown", data={"phone": "13700002222"})
    (waiting,) = await _waiting_callers(browsers.dispatcher, "13700002222")
    assert (
        await browsers.other_dispatcher.post(f"{HOT_LINE}/unknown/settled", data={"waiting": waiting})
    ).status_code == 404
    done = await browsers.dispatcher.post(f"{HOT_LINE}/unknown/settled", data={"waiting": waiting})

    assert done.status_code == 303
    assert await _waiting_callers(browsers.dispatcher, "13700002222") == []
    assert (await browsers.engineer.post(f"{HOT_LINE}/unknown/settled", data={"waiting": waiting})).status_code == 403

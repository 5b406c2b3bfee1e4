"""The import as people do it: in the workspace, with the worker behind it; and over the API."""

import re
from io import BytesIO

import httpx
from python_calamine import CalamineWorkbook

from app.platform.kernel.runtime import Runtime
from tests.conftest import ClientFor
from tests.factories.background import run_due_work
from tests.ticket_import.conftest import MAPPING_TEXT, ImportingPartner, log_of
from tests.ticket_import.test_import import story

PAGE = "/workspace/ticket-imports"


async def uploaded(
    owner: httpx.AsyncClient, importer: ImportingPartner, log: str | bytes, **fields: str
) -> httpx.Response:
    page = await owner.get(PAGE)
    token = re.search(r'name="_csrf_token" value="([^"]+)"', page.text)
    return await owner.post(
        PAGE,
        data={
            "client": str(importer.client.id),
            "mapping": "servicenow-events",
            "time_zone": "Asia/Shanghai",
            "_csrf_token": token[1] if token else "",
            **fields,
        },
        files={
            "file": ("旧系统.csv", log if isinstance(log, bytes) else log.encode()),
            "own_mapping": ("desk.toml", MAPPING_TEXT.encode()),
        },
    )


async def test_from_the_upload_to_the_search(runtime: Runtime, importer: ImportingPartner, http: ClientFor) -> None:
    owner = await http(importer.partner.owner)
    rows = story("INC 0042", ("09:00", "New"), ("10:00", "Resolved"), ("10:30", "Closed"), engineer="Resolver 3")
    answer = await uploaded(owner, importer, log_of(*rows))
    assert answer.status_code == 303, answer.text
    place = answer.headers["location"]
    assert "旧系统.csv" in (await owner.get(place)).text

    await run_due_work(runtime)
    page = await owner.get(place)
    assert "确认导入 1 张" in page.text
    assert "补上了中间的步骤：分类定级 → 解决" in page.text
    version = re.search(r'name="version" value="(\d+)"', page.text)
    token = re.search(r'name="_csrf_token" value="([^"]+)"', page.text)
    assert version
    form = {"version": version[1], "_csrf_token": token[1] if token else ""}
    assert (await owner.post(f"{place}/confirm", data=form)).status_code == 303
    await run_due_work(runtime)
    assert "已导入" in (await owner.get(place)).text

    report = await owner.get(f"{place}/report")
    cells = CalamineWorkbook.from_filelike(BytesIO(report.content)).get_sheet_by_index(0).to_python()
    assert [row[1] for row in cells[1:]] == ["INC 0042"] * 3

    found = await owner.get("/workspace/search", params={"q": "inc0042"})
    ticket = re.search(r'href="(/workspace/tickets/[0-9a-f-]{36})"', found.text)
    assert ticket, "the former number finds the ticket"
    assert "INC 0042" in (await owner.get(ticket[1])).text

    names = await owner.get(f"{PAGE}/names")
    assert "Resolver 3" in names.text
    log = await owner.get(f"{PAGE}/export")
    assert log.text.startswith("number,at,step,ticket")
    assert log.text.count("\n") == 1 + len(rows) + 1


async def test_a_form_that_was_refused_keeps_what_was_typed(importer: ImportingPartner, http: ClientFor) -> None:
    owner = await http(importer.partner.owner)
    answer = await uploaded(owner, importer, log_of(*story("A", ("09:00", "New"))), time_zone="Asia/Xiamen")
    assert answer.status_code == 422
    assert "Asia/Xiamen" in answer.text
    assert "请填写日志里时间所用的时区" in answer.text


async def test_dispatchers_neither_bring_nor_take_away_a_past(importer: ImportingPartner, http: ClientFor) -> None:
    dispatcher = await http(importer.partner.dispatcher)
    for path in ("/ticket-imports", "/ticket-imports/names", "/ticket-imports/export"):
        assert (await dispatcher.get(f"/api/v1{path}")).status_code == 403


async def test_the_api_tells_progress_and_takes_matches(
    runtime: Runtime, importer: ImportingPartner, http: ClientFor
) -> None:
    owner = await http(importer.partner.owner)
    rows = story("A-1", ("09:00", "New"), ("09:20", "Active"), engineer="Resolver 3", device="cmdb 7")
    made = await owner.post(
        "/api/v1/ticket-imports",
        data={"mapping": MAPPING_TEXT, "client_id": str(importer.client.id), "time_zone": "Asia/Shanghai"},
        files={"file": ("log.csv", log_of(*rows).encode())},
    )
    assert made.status_code == 201, made.text
    await run_due_work(runtime)
    path = f"/api/v1/ticket-imports/{made.json()['id']}"
    tried = (await owner.get(path)).json()
    assert (tried["state"], tried["tickets_done"], tried["counts"]["tickets_new"]) == ("checked", 1, 1)
    assert (await owner.post(f"{path}/confirm", json={"version": 1})).status_code == 409
    assert (await owner.post(f"{path}/confirm", json={"version": tried["version"]})).status_code == 200
    await run_due_work(runtime)
    names = (await owner.get("/api/v1/ticket-imports/names", params={"kind": "device"})).json()
    assert [(name["name"], name["tickets"]) for name in names] == [("cmdb 7", 1)]
    address = f"/api/v1/ticket-imports/names/{names[0]['id']}"
    candidates = (await owner.get(f"{address}/candidates", params={"q": "PC-0001\0"})).json()
    matched = await owner.post(address, json={"record_id": candidates[0]["id"]})
    assert matched.json()["record_name"] == "PC-0001"
    somebody_else = await owner.post(address, json={"record_id": str(importer.client.id)})
    assert somebody_else.status_code == 422
    naive = await owner.get("/api/v1/ticket-imports/export", params={"reported_from": "2026-11-01T00:00:00"})
    assert naive.status_code == 422


async def test_a_text_that_was_guessed_wrongly_is_read_in_another_encoding(
    runtime: Runtime, importer: ImportingPartner, http: ClientFor
) -> None:
    owner = await http(importer.partner.owner)
    rows = [{**row, "what": "卡纸"} for row in story("A-1", ("09:00", "New"), ("09:20", "Active"))]
    rows += [{**row, "what": "J黵gen"} for row in story("A-2", ("09:00", "New"))]
    place = (await uploaded(owner, importer, log_of(*rows).encode("gb18030"))).headers["location"]
    await run_due_work(runtime)
    tried = (await owner.get(place)).text
    assert "现按 简体中文（GB18030、GBK） 读。" in tried
    assert "这是自动识别的" in tried
    assert "“J黵gen”中西文字混在一个词里，可能是编码认错了" in tried
    lines = re.search(r'<pre class="small">([^<]*)</pre>', tried)
    assert lines
    assert [line.rsplit(",", 1)[1] for line in lines[1].strip().splitlines()] == ["what", "卡纸", "卡纸", "J黵gen"]

    assert (await owner.post(f"{place}/check", data=_form(tried) | {"encoding": "windows-1252"})).status_code == 303
    await run_due_work(runtime)
    again = (await owner.get(place)).text
    assert "现按 西欧语言（Windows-1252） 读。" in again
    assert "这是自动识别的" not in again
    assert "Jürgen" in again

    refused = await owner.post(f"{place}/check", data=_form(again) | {"encoding": "utf-8"})
    assert refused.status_code == 422
    assert "这个文件读不出来" in refused.text
    assert "西欧语言（Windows-1252） 读。" in refused.text, "what was refused changes nothing"


async def test_an_encoding_that_is_known_is_said_with_the_upload(
    runtime: Runtime, importer: ImportingPartner, http: ClientFor
) -> None:
    owner = await http(importer.partner.owner)
    rows = [{**row, "what": "卡紙"} for row in story("A-1", ("09:00", "New"))]
    place = (await uploaded(owner, importer, log_of(*rows).encode("big5"), encoding="big5")).headers["location"]
    await run_due_work(runtime)
    tried = (await owner.get(place)).text
    assert "现按 繁体中文（Big5） 读。" in tried
    assert "卡紙" in tried
    assert (await owner.post(f"{place}/confirm", data=_form(tried))).status_code == 303
    await run_due_work(runtime)
    found = await owner.get("/workspace/search", params={"q": "卡紙"})
    assert re.search(r'href="(/workspace/tickets/[0-9a-f-]{36})"', found.text)


def _form(page: str) -> dict[str, str]:
    version = re.search(r'name="version" value="(\d+)"', page)
    token = re.search(r'name="_csrf_token" value="([^"]+)"', page)
    return {"version": version[1] if version else "", "_csrf_token": token[1] if token else ""}

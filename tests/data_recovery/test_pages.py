"""A case by its pages: received on the phone, quoted and reported in the workspace, accepted in the portal."""

from base64 import b64encode
from uuid import UUID

import httpx
import pytest

from tests.conftest import ClientFor
from tests.data_recovery.conftest import BOSS_FILE, SIGNATURE, Workshop
from tests.factories.pictures import photo

INK = f"data:image/png;base64,{b64encode(SIGNATURE).decode()}"
MEDIUM = {
    "kind_1": "机械硬盘 西数 2TB",
    "serial_1": "WD-2TB-9001",
    "condition_1": "摔过，通电有异响",
    "capacity_1": "2TB",
    "accessories_1": "硬盘盒",
}


@pytest.fixture
async def engineer(http: ClientFor, workshop: Workshop) -> httpx.AsyncClient:
    """An engineer who looks after the client, as a session makes of them."""
    path = f"/api/v1/members/{workshop.engineer.membership_id}/access-scope"
    decided = {"access_scope": "assigned", "client_ids": [str(workshop.client.id)], "version": 1}
    answer = await (await http(workshop.partner.owner)).put(path, json=decided)
    assert answer.is_success, answer.text
    return await http(workshop.engineer)


def _done(answer: httpx.Response) -> str:
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def _version(client: httpx.AsyncClient, case: str) -> str:
    answer = await client.get(f"/api/v1/recovery-cases/{case.rpartition('/')[2]}")
    return str(answer.json()["version"])


@pytest.mark.slow(15, "opens every page of a case, draws two PDFs")
async def test_a_disk_from_the_phone_to_the_portal_and_back(
    http: ClientFor, workshop: Workshop, engineer: httpx.AsyncClient
) -> None:
    dispatcher, approver = await http(workshop.dispatcher), await http(workshop.approver)
    assert "您没有经手的案件" in (await engineer.get("/field/recoveries")).text
    form = {
        "client_id": str(workshop.client.id),
        "wanted": "财务目录",
        "giver_name": "李静",
        "consents": "yes",
        **MEDIUM,
    }
    refused = await engineer.post("/field/recoveries/new", data={**form, "serial_1": ""})
    assert refused.status_code == 422
    assert "请填写。" in refused.text
    case = _done(await engineer.post("/field/recoveries/new", data=form))
    _done(await engineer.post(f"{case}/photos", files={"photos": ("盘.jpg", photo(), "image/jpeg")}))
    assert "thumbnail" in (await engineer.get(case)).text
    receipt = _done(await engineer.post(f"{case}/receipt"))
    shown = await engineer.get(receipt)
    content_hash = shown.text.partition('name="content_hash" value="')[2].partition('"')[0]
    unsigned = await engineer.post(f"{receipt}/signature", data={"content_hash": content_hash, "place": "前台"})
    assert unsigned.status_code == 422
    signing = {"content_hash": content_hash, "place": "前台", "signature": INK}
    stale = await engineer.post(f"{receipt}/signature", data={**signing, "content_hash": "0" * 64})
    assert stale.status_code == 409
    _done(await engineer.post(f"{receipt}/signature", data=signing))

    desk = case.replace("/field/", "/workspace/")
    assert "已接收" in (await engineer.get(desk)).text
    found = {"findings": "磁头损坏", "probability": "80", "version": await _version(dispatcher, case)}
    _done(await engineer.post(f"{desk}/diagnose", data=found))
    quote = {
        "recovery_fee": "3000",
        "diagnosis_fee": "300",
        "basis": "share",
        "without_result": "nothing",
        "when_stopped": "diagnosis",
        "work_days": "5",
        "tax": "vat_6",
        "version": await _version(dispatcher, case),
    }
    assert "报价给客户" in (await dispatcher.get(desk)).text
    wrong = await dispatcher.post(f"{desk}/quote", data={**quote, "diagnosis_fee": "4000"})
    assert wrong.status_code == 422
    assert "也不高于恢复费" in wrong.text
    _done(await dispatcher.post(f"{desk}/quote", data=quote))
    case_id = UUID((await dispatcher.get("/api/v1/recovery-cases")).json()["items"][0]["id"])
    await workshop.answer(case_id)
    _done(await engineer.post(f"{desk}/start", data={"version": await _version(dispatcher, case)}))
    copy = {"kind": "固态硬盘", "serial": "LAB-77", "place": "工作室"}
    _done(await engineer.post(f"{desk}/copy", data=copy))
    unclear = {"files": "桌面/一.docx | 大概", "version": await _version(dispatcher, case)}
    assert "第 1 行看不懂" in (await engineer.post(f"{desk}/files", data=unclear)).text
    files = {"files": f"{BOSS_FILE}\n桌面/一.docx | 没有恢复", "version": await _version(dispatcher, case)}
    _done(await engineer.post(f"{desk}/files", data=files))
    assert BOSS_FILE in (await engineer.get(f"{desk}/files")).text
    assert BOSS_FILE not in (await dispatcher.get(f"{desk}/files")).text, "not on the case"
    _done(await engineer.post(f"{desk}/report", data={"words": "", "version": await _version(dispatcher, case)}))

    portal = case.replace("/field/", "/portal/")
    assert "数据恢复" in (await approver.get("/portal/recoveries")).text
    read = await approver.get(portal)
    assert BOSS_FILE in read.text
    result_hash = read.text.partition('name="result_hash" value="')[2].partition('"')[0]
    medium_id = (await dispatcher.get(f"/api/v1/recovery-cases/{case_id}")).json()["media"][0]["id"]
    destroy = f"{portal}/media/{medium_id}/destruction"
    _done(await approver.post(destroy, data={"version": await _version(dispatcher, case)}))
    _done(await approver.post(f"{portal}/accept", data={"result_hash": result_hash, "words": "好"}))
    assert "¥1,500.00" in (await approver.get(portal)).text

    _done(await dispatcher.post(f"{desk}/join", data={"membership_id": str(workshop.colleague.membership_id)}))
    assert "交给谁" in (await engineer.get(f"{case}/media/{medium_id}/hand-over")).text
    to = {"to_id": str(workshop.colleague.membership_id), "place": "工作室", "signature": INK, "remark": ""}
    _done(await engineer.post(f"{case}/media/{medium_id}/hand-over", data=to))
    assert "收件人" in (await engineer.get(f"{case}/media/{medium_id}/return")).text
    back = {"receiver_name": "李静", "place": "前台", "signature": INK, "remark": ""}
    _done(await engineer.post(f"{case}/media/{medium_id}/return", data=back))
    copied = (await dispatcher.get(f"/api/v1/recovery-cases/{case_id}")).json()["media"][1]["id"]
    assert "已销毁，出具证明" in (await engineer.get(desk)).text
    gone = {"method": "覆写", "witness_id": str(workshop.colleague.membership_id), "place": "工作室"}
    _done(await engineer.post(f"{desk}/media/{copied}/destroy", data=gone))
    ended = (await dispatcher.get(f"/api/v1/recovery-cases/{case_id}")).json()
    assert ended["state"] == "closed"
    await workshop.due()
    papers = [f"/custody-receipts/{ended['receipt']['id']}"]
    papers += [f"/disposal-certificates/{medium['certificate_id']}" for medium in ended["media"]]
    for paper in papers:
        for reader in (engineer, approver):
            drawn = await reader.get(paper)
            assert drawn.content.startswith(b"%PDF"), paper
    assert "已结束" in (await dispatcher.get("/workspace/recoveries?group=over")).text
    assert ended["number"] in (await dispatcher.get("/workspace/recoveries?group=over")).text


async def test_a_case_is_opened_in_the_workspace_and_cancelled(http: ClientFor, workshop: Workshop) -> None:
    dispatcher = await http(workshop.dispatcher)
    assert "登记案件" in (await dispatcher.get("/workspace/recoveries/new")).text
    form = {"client_id": str(workshop.client.id), "wanted": "照片", "giver_name": "李静", **MEDIUM, "kind_2": "U 盘"}
    refused = await dispatcher.post("/workspace/recoveries/new", data=form)
    assert refused.status_code == 422, "the second medium is begun and not finished"
    case = _done(await dispatcher.post("/workspace/recoveries/new", data={**form, "kind_2": ""}))
    assert "等交件人签收" in (await dispatcher.get(case)).text
    given = {"reason": "客户自己找到了备份", "version": await _version(dispatcher, case)}
    _done(await dispatcher.post(f"{case}/cancel", data=given))
    assert "已取消" in (await dispatcher.get(case)).text


async def test_an_engineer_who_is_not_on_the_case_does_not_find_it(http: ClientFor, workshop: Workshop) -> None:
    case_id = await workshop.received()
    stranger = await http(workshop.colleague)
    for page in (
        f"/field/recoveries/{case_id}",
        f"/workspace/recoveries/{case_id}",
        f"/api/v1/recovery-cases/{case_id}",
    ):
        assert (await stranger.get(page)).status_code == 404
    dispatcher = await http(workshop.dispatcher)
    assert (await dispatcher.get(f"/field/recoveries/{case_id}")).status_code == 404, "sees it, and touches no medium"

"""The pages of contracts, as a busy manager goes through them."""

import re

import httpx
import pytest

from tests.conftest import ClientFor
from tests.contracts.contracts import Contracts, care, terms_of
from tests.factories.network import Network

pytestmark = pytest.mark.usefixtures("monday_morning")
BASE = "/workspace/contracts"


class Desk:
    """A manager at the pages."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http
        self.page = ""

    async def open(self, path: str) -> str:
        answer = await self.http.get(path)
        assert answer.status_code == 200, answer.text[-2000:]
        self.page = answer.text
        return self.page

    def fields(self, action: str) -> dict[str, list[str]]:
        """What the form with this action holds as it was drawn."""
        forms = re.findall(r"<form[^>]*method=\"post\"[^>]*>.*?</form>", self.page, re.DOTALL)
        form = next(form for form in forms if f'action="{action}"' in form)
        values: dict[str, list[str]] = {}
        for tag in re.findall(r"<input[^>]*>", form):
            name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
            box = 'type="checkbox"' in tag or 'type="radio"' in tag
            if name and (not box or " checked" in tag):
                values.setdefault(name[1], []).append(value[1] if value else "")
        for name, options in re.findall(r"<select[^>]*name=\"([^\"]*)\"[^>]*>(.*?)</select>", form, re.DOTALL):
            chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
            values[name] = [chosen[1] if chosen else ""]
        for name, text in re.findall(r"<textarea[^>]*name=\"([^\"]*)\"[^>]*>\n?(.*?)</textarea>", form, re.DOTALL):
            values[name] = [text]
        return values

    async def send(self, path: str, form: str, **typed: str | list[str]) -> httpx.Response:
        fields = self.fields(form) | {name: each if isinstance(each, list) else [each] for name, each in typed.items()}
        return await self.http.post(path, data=fields)

    async def follow(self, answer: httpx.Response) -> str:
        assert answer.status_code == 303, re.findall(r"field__error.*?</span>|banner--bad.*?</p>", answer.text)
        return await self.open(answer.headers["location"].partition("#")[0])


@pytest.fixture
async def desk(contracts: Contracts, http: ClientFor) -> Desk:
    return Desk(await http(contracts.partner.owner))


async def test_a_retainer_in_five_steps(contracts: Contracts, desk: Desk) -> None:
    await desk.open(f"{BASE}/new?client={contracts.client.id}")
    await desk.follow(await desk.send(f"{BASE}/new", f"{BASE}/new", title="2027 年度运维"))
    edit = re.search(rf'action="({BASE}/[^"]*/edit)"', desk.page)
    assert edit
    here = edit[1].removesuffix("/edit")
    await desk.follow(await desk.send(edit[1], edit[1], **{"lines.care.amount": "3100"}))
    assert "¥3,100.00" in desk.page
    await desk.follow(await desk.send(f"{here}/offer", f"{here}/offer"))
    await desk.follow(await desk.send(f"{here}/accept", f"{here}/accept", **{"accept.accepted_by": "林总"}))
    await desk.follow(await desk.send(f"{here}/activate", f"{here}/activate"))
    assert "生效中" in desk.page
    assert "HT-2026-000001" in desk.page
    assert "2027 年度运维" in await desk.open(BASE)
    assert "2027 年度运维" in await desk.open(f"/workspace/clients/{contracts.client.id}/contracts")


async def test_what_is_missing_stands_at_its_field_and_nothing_typed_is_lost(contracts: Contracts, desk: Desk) -> None:
    draft = await contracts.draft(terms_of(care("0")))
    edit = f"{BASE}/{draft.id}/edit"
    await desk.open(edit)
    page = await desk.follow(await desk.send(edit, edit, title="改名了"))
    assert "请填写价格。" in page
    assert "改名了" in page
    wrong = await desk.send(edit, edit, last_day="2026-01-01", **{"lines.care.amount": "三千"})
    assert wrong.status_code == 422
    assert "结束日期要晚于开始日期。" in wrong.text
    assert "请填写不小于零的金额，最多六位小数。" in wrong.text
    assert 'value="三千"' in wrong.text


async def test_a_line_is_added_and_taken_out(contracts: Contracts, desk: Desk) -> None:
    draft = await contracts.draft()
    edit = f"{BASE}/{draft.id}/edit"
    await desk.open(edit)
    page = await desk.follow(await desk.send(edit, edit, action="add", kind="per_device"))
    assert 'name="lines.per_device-1.tiers.0.first"' in page
    page = await desk.follow(await desk.send(edit, edit, action="remove:care"))
    assert "lines.care.amount" not in page


async def test_a_table_of_tiers_with_a_hole_is_refused_in_words(contracts: Contracts, desk: Desk) -> None:
    draft = await contracts.draft()
    edit = f"{BASE}/{draft.id}/edit"
    await desk.open(edit)
    await desk.follow(await desk.send(edit, edit, action="add", kind="per_device"))
    tier = "lines.per_device-1.tiers"
    typed = {f"{tier}.0.last": "10", f"{tier}.0.price": "60", f"{tier}.1.first": "12", f"{tier}.1.price": "50"}
    page = await desk.follow(await desk.send(edit, edit, **typed))
    assert "阶梯要从第 1 台开始，首尾相接，最后一档不封顶。" in page
    assert 'value="12"' in page


async def test_devices_are_named_by_their_numbers(network: Network, contracts: Contracts, desk: Desk) -> None:
    await network.device(contracts.client, "PC-0001")
    draft = await contracts.draft()
    edit = f"{BASE}/{draft.id}/edit"
    await desk.open(edit)
    page = await desk.follow(await desk.send(edit, edit, **{"lines.care.devices": "pc-0001"}))
    assert "只包括清单里的 1 台设备" in page
    await desk.open(edit)
    refused = await desk.send(edit, edit, **{"lines.care.devices": "PC-0001\nPC-9999"})
    assert "没有找到这些设备：PC-9999" in refused.text


async def test_what_a_late_promise_costs_is_written_and_read_in_words(contracts: Contracts, desk: Desk) -> None:
    draft = await contracts.draft()
    edit = f"{BASE}/{draft.id}/edit"
    await desk.open(edit)
    typed = {
        "penalty_share": "5",
        "penalty_most": "20",
        "arrival_basis": "hour",
        "arrival_value": "50",
        "resolution_basis": "day",
        "resolution_value": "300",
    }
    page = await desk.follow(await desk.send(edit, edit, **typed))
    assert "到场每超时一小时减免 ¥50.00（按服务时间，不足一小时按一小时）" in page
    assert "每期最多为当期费用的 20%" in page
    await desk.open(edit)
    assert {name: desk.fields(edit)[name] for name in typed} == {name: [value] for name, value in typed.items()}
    page = await desk.follow(await desk.send(edit, edit, penalty_share="30", arrival_value="-1"))
    assert "违约金比例不能小于零，不超过上限。" in page
    assert "违约金不能小于零；比例不超过 100%。" in page

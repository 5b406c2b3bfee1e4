"""Whoever answers for the company sees what was sent and whether it arrived, and no content, code or address."""

from typing import Any

import pytest
from sqlalchemy import update

from app.platform.kernel.runtime import Runtime
from app.platform.notifications import ChannelName, OutgoingMessage, send
from app.platform.notifications.delivery_log import masked
from app.platform.notifications.models import Delivery
from tests.conftest import ClientFor
from tests.factories.network import Network, PartnerCompany


async def sent(runtime: Runtime, partner: PartnerCompany, reference: str, **changes: Any) -> None:
    message: dict[str, Any] = {
        "channel": ChannelName.EMAIL,
        "address": "wang@client.example",
        "subject": "萤火验证码 123456",
        "text": "打开 https://yinghuo.example/reset/secret-token",
        "reference": reference,
    }
    async with runtime.units_of_work.begin(partner.system) as work:
        await send(work, OutgoingMessage(**(message | changes)))


async def test_the_log_tells_fate_and_nothing_secret(
    runtime: Runtime, partner: PartnerCompany, http: ClientFor
) -> None:
    await sent(runtime, partner, "one")
    await sent(runtime, partner, "two", channel=ChannelName.SMS, address="13800005678", subject="FW-20261116-0007")
    async with runtime.units_of_work.begin(partner.system) as work:
        await work.session.execute(
            update(Delivery)
            .where(Delivery.reference == "two")
            .values(state="failed", attempts=6, last_error="recipient_refused 550 <13800005678> unknown")
        )
    owner = await http(partner.owner)
    answer = await owner.get("/api/v1/deliveries")
    shown = await owner.get("/workspace/deliveries")
    items = {item["channel"]: item for item in answer.json()["items"]}
    assert items["email"]["subject"] == "萤火验证码 ••••••"
    assert (items["sms"]["state"], items["sms"]["attempts"], items["sms"]["error"]) == (
        "failed",
        6,
        "recipient_refused",
    )
    assert shown.status_code == 200
    assert "对方没有这个地址，或拒收" in shown.text
    for text in (answer.text, shown.text):
        assert "FW-20261116-0007" in text
        for secret in ("secret-token", "123456", "wang@", "13800005678"):
            assert secret not in text


async def test_the_log_is_paged_and_narrowed(runtime: Runtime, partner: PartnerCompany, http: ClientFor) -> None:
    for number in range(3):
        await sent(runtime, partner, f"page:{number}")
    owner = await http(partner.owner)
    first = (await owner.get("/api/v1/deliveries", params={"limit": "2"})).json()
    rest = (await owner.get("/api/v1/deliveries", params={"limit": "2", "cursor": first["next_cursor"]})).json()
    assert (len(first["items"]), len(rest["items"]), rest["next_cursor"]) == (2, 1, None)
    assert (await owner.get("/api/v1/deliveries", params={"state": "failed"})).json()["items"] == []
    assert "没有发送记录" in (await owner.get("/workspace/deliveries?state=failed")).text
    assert (await owner.get("/api/v1/deliveries", params={"state": "lost"})).status_code == 422


async def test_only_who_answers_for_the_company_reads_its_log(
    runtime: Runtime, network: Network, partner: PartnerCompany, http: ClientFor
) -> None:
    await sent(runtime, partner, "own")
    client = await network.client(partner)
    for stranger in (partner.dispatcher, client.contact):
        assert (await (await http(stranger)).get("/api/v1/deliveries")).status_code == 403
    for other in ((await network.partner()).owner, network.administrator):
        assert (await (await http(other)).get("/api/v1/deliveries")).json()["items"] == []
    assert (await (await http(network.administrator)).get("/hq/deliveries")).status_code == 200


@pytest.mark.parametrize(
    ("address", "shown"),
    [("wang@client.example", "w…@client.example"), ("13812345678", "138…5678"), ("@odd", "…@odd")],
)
def test_an_address_is_recognisable_but_not_readable(address: str, shown: str) -> None:
    assert masked(address) == shown

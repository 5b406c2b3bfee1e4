"""A machine's clock is put right, and nobody is shut out for it."""

import re
from datetime import timedelta

from app.platform.kernel.time_source import SettableClock
from tests.conftest import ClientFor
from tests.factories.network import PartnerCompany


async def test_a_clock_that_steps_back_shuts_nobody_out(
    http: ClientFor, partner: PartnerCompany, clock: SettableClock
) -> None:
    """Whoever signed in a moment ago did so in the future now, and reported a fault there."""
    owner = await http(partner.owner)
    client = (await owner.post("/api/v1/clients", json={"name": "厦门建发集团", "code": "jianfa-clock"})).json()
    reported = await owner.post("/api/v1/tickets", json={"subject": "打印机卡纸", "client_id": client["id"]})
    assert reported.status_code == 201, reported.text
    clock.advance(-timedelta(minutes=5))
    again = await owner.get(f"/api/v1/tickets/{reported.json()['id']}")
    assert again.status_code == 200
    page = await owner.get(f"/workspace/tickets/{reported.json()['id']}")
    assert page.status_code == 200
    assert not re.search(r"-\d+ (分钟|小时)", page.text), "nobody reads of minutes that are still to come"

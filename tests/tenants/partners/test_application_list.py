"""Headquarters' list of applications: what waits first, everything when asked, in any order, and as a workbook."""

from typing import Any

import pytest

from app.platform.kernel.runtime import Runtime
from tests.tenants.partners.applicants import apply

pytestmark = pytest.mark.usefixtures("an_hour_later")
LIST = "/hq/applications"


async def test_only_what_waits_is_shown_until_more_is_asked_for(
    visitor: Any, headquarters: Any, runtime: Runtime
) -> None:
    receipts = [await apply(visitor, runtime) for _ in range(2)]
    numbers = [receipt["number"] for receipt in receipts]
    found = (await headquarters.get("/api/v1/partner-applications", params={"q": numbers[0]})).json()["items"]
    rejection = {"version": 1, "reason": "暂时不收"}
    await headquarters.post(f"/api/v1/partner-applications/{found[0]['id']}/reject", json=rejection)
    shown = (await headquarters.get(LIST)).text
    assert numbers[0] not in shown
    assert numbers[1] in shown
    assert numbers[0] in (await headquarters.get(f"{LIST}?state=all&sort=legal_name")).text
    assert (await headquarters.get(f"{LIST}/export?state=all")).content.startswith(b"PK")

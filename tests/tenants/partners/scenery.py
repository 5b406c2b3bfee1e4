"""What nobody else may see of partners."""

import httpx

from app.platform.kernel.actor import HQ_TENANT_ID
from tests.isolation.scenery import NOT_HEADQUARTERS, SECRET, SceneryMaker

HIDDEN_FROM = {
    "partner_id": NOT_HEADQUARTERS,
    "application_id": NOT_HEADQUARTERS,
}


async def make(scenery: SceneryMaker, _: httpx.AsyncClient) -> None:
    """The partner as headquarters keeps it, and an application with its code."""
    owner = scenery.owner
    company = {"credit_code": "91350200000000002A", "state": "active", "star_level": 3, "city_code": "350200"}
    scenery.ids["partner_id"] = await scenery.row(
        "partner", HQ_TENANT_ID, id=owner.id, slug=owner.slug, name=owner.name, **company
    )
    scenery.ids["application_id"] = await scenery.row(
        "partner_application",
        HQ_TENANT_ID,
        number="PA-20261116-0001",
        state="applied",
        legal_name=f"泉州{SECRET}信息服务有限公司",
        credit_code="91350200000000001A",
        city_code="350500",
        mobile="13800138000",
        email="apply@example.com",
        slug="canary",
        plan="standard",
        status_token_hash="0" * 64,
    )
    await scenery.row("partner_authorisation", HQ_TENANT_ID, category_code="pc")
    await scenery.row("partner_territory", HQ_TENANT_ID, city_code="350200")
    await scenery.row("partner_transition", HQ_TENANT_ID, subject_id=owner.id, kind="state", after="active")
    await scenery.row("verification_code", HQ_TENANT_ID, purpose="application", channel="email")

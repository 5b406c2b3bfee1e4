"""A company's own accounts, as its administrator sets them up by the API."""

from typing import Any
from urllib.parse import urlsplit

import httpx
from sqlalchemy import update

from app.people.identity import Membership
from app.platform.kernel.actor import Actor
from app.platform.kernel.runtime import Runtime

MAPPING = {"field": ["engineer"], "desk": ["dispatcher"]}


def settings_of(issuer: str, **wanted: Any) -> dict[str, Any]:
    return {
        "issuer": issuer,
        "oidc_client_id": "yinghuo",
        "client_secret": "a shared secret",
        "role_claim": "groups",
        "role_mapping": MAPPING,
        "version": 0,
        **wanted,
    }


async def set_up(administrator: httpx.AsyncClient, issuer: str, **wanted: Any) -> str:
    """The address that people open."""
    answer = await administrator.put("/api/v1/single-sign-on", json=settings_of(issuer, **wanted))
    assert answer.status_code == 200, answer.text
    return str(urlsplit(answer.json()["sign_in_address"]).path)


async def who(browser: httpx.AsyncClient) -> list[dict[str, Any]]:
    return list((await browser.get("/api/v1/memberships")).json())


async def named(runtime: Runtime, member: Actor, email: str) -> None:
    """The member's address is this."""
    async with runtime.units_of_work.begin(Actor.system(member.tenant_id)) as work:
        await work.session.execute(update(Membership).where(Membership.id == member.membership_id).values(email=email))

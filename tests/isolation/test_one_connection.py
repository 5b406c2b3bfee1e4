"""All tenants over one connection: what one request said to the database is forgotten before the next one speaks."""

import asyncio
from typing import Any, cast
from uuid import UUID

import httpx
import pytest

from app.asgi import build
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.settings import Settings
from tests.factories.network import Network

ROUNDS = 25


@pytest.fixture(scope="module")
def test_settings(test_settings: Settings) -> Settings:
    """A pool of one: everybody is served by the same connection, one after the other."""
    return test_settings.model_copy(update={"database_pool_size": 1})


async def test_interleaved_tenants_never_see_each_other(runtime: Runtime, network: Network) -> None:
    owners: list[tuple[str, UUID]] = []
    for _ in range(3):
        partner = await network.partner()
        await network.service_level(partner)
        first, second = await network.client(partner), await network.client(partner, "厦门第九中学")
        for client in (first, second):
            await network.device(client)
        owners += [
            (await network.token(partner.owner), partner.id),
            (await network.token(first.contact), first.id),
            (await network.token(second.contact), second.id),
        ]
    transport = httpx.ASGITransport(cast("Any", build(runtime)), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000", timeout=60) as browser:

        async def asked(token: str, *, broken: bool) -> tuple[frozenset[str], int]:
            headers = {"authorization": f"Bearer {token}"}
            if broken:
                # A refusal in the middle must leave nothing behind either.
                await browser.post(
                    "/api/v1/tickets", json={"subject": "x", "client_id": str(UUID(int=9))}, headers=headers
                )
            answer = await browser.get("/api/v1/devices", headers=headers)
            return frozenset(each["client_id"] for each in answer.json()["items"]), answer.status_code

        alone = {token: await asked(token, broken=False) for token, _ in owners}
        assert {status for _, status in alone.values()} == {200}
        assert len({clients for clients, _ in alone.values()}) == len(owners), "everybody sees something else"
        crowd = [token for _ in range(ROUNDS) for token, _ in owners]
        together = await asyncio.gather(*(asked(token, broken=number % 3 == 0) for number, token in enumerate(crowd)))
        for token, seen in zip(crowd, together, strict=True):
            assert seen == alone[token]

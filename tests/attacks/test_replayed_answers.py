"""An answer that is kept for repetition is handed to nobody who may see less than the first who asked."""

from tests.conftest import ClientFor
from tests.factories.network import Network


async def test_a_program_with_fewer_rights_does_not_get_its_makers_answer(http: ClientFor, network: Network) -> None:
    partner = await network.partner()
    await network.service_level(partner)
    device_id, _ = await network.device(await network.client(partner))
    owner, program = await http(partner.owner), await http(None)
    token = await owner.post(
        "/api/v1/api-tokens",
        json={"name": "报修", "permissions": ["ticket:create", "ticket:read", "device:read"], "days": 30},
    )
    assert token.status_code == 201, token.text
    program.headers["authorization"] = f"Bearer {token.json()['token']}"
    fault, key = {"subject": "开不了机", "device_id": str(device_id)}, {"idempotency-key": "0123456789abcdef"}

    first = await owner.post("/api/v1/tickets", json=fault, headers=key)
    again = await owner.post("/api/v1/tickets", json=fault, headers=key)
    elsewhere = await (await http(partner.owner)).post("/api/v1/tickets", json=fault, headers=key)
    refused = await program.post("/api/v1/tickets", json=fault, headers=key)

    assert first.status_code == 201, first.text
    assert again.content == elsewhere.content == first.content, "another session of the same person is the same person"
    assert (refused.status_code, refused.json()["code"]) == (409, "request.key_reused")

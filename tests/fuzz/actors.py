"""Each kind of actor before the same records, and the ids by which they can be met."""

import asyncpg

from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from tests.factories.network import Network
from tests.isolation.scenery import Scenery

PROGRAM = "a read-only token"
KINDS = (
    "visitor",
    "headquarters' administrator",
    "headquarters' quality officer",
    "partner's owner",
    "dispatcher",
    "engineer",
    "client's contact",
    "reporter",
    "a suspended partner's owner",
    PROGRAM,
)


async def actor_of(kind: str, network: Network, scenery: Scenery, admin: asyncpg.Connection) -> Actor | None:
    """Somebody of this kind who was not yet here: what the one before did to their account is not met."""
    owner = scenery.owner
    match kind:
        case "visitor":
            return None
        case "headquarters' administrator":
            return await network.member(HQ_TENANT_ID, "总部管理员", ["hq_administrator"])
        case "headquarters' quality officer":
            return await network.member(HQ_TENANT_ID, "质量专员", ["hq_quality_officer"])
        case "partner's owner" | "a read-only token":
            return await network.member(owner.id, "陈总", ["partner_owner"])
        case "dispatcher":
            return await network.member(owner.id, "林小燕", ["dispatcher"])
        case "engineer":
            return scenery.people["engineer"]
        case "client's contact":
            return await network.member(owner.id, "王工", ["client_administrator"], scenery.ids["client_id"])
        case "reporter":
            return scenery.people["reporter"]
        case "a suspended partner's owner":
            closed = await network.partner("漳州停业信息服务有限公司")
            await network.client(closed)
            await admin.execute("UPDATE tenant SET state = 'suspended' WHERE id = $1", closed.id)
            return closed.owner
    raise AssertionError(kind)

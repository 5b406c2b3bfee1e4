"""The command line's way to the chain: verify it, and print its anchors."""

import re
from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import select

from app.people.audit.repository import ChainRepository
from app.people.audit.schemas import Anchor
from app.people.audit.services.verification import KeptAnchor, VerificationResult, verify
from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.errors import Invalid, UnknownName
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.texts import N_
from tenants.models import KEPT_STATES, Tenant

ALL: Final = "all"
_ANCHOR: Final = re.compile(r"^\s*\d{4}-\d\d-\d\d\s+(\d{1,18})\s+([0-9a-fA-F]{64})\s*$")


async def verify_chains(
    runtime: Runtime, tenant_slug: str = ALL, kept_anchors: Sequence[KeptAnchor] = ()
) -> Mapping[str, VerificationResult]:
    """Slug → verdict of one tenant or of all; `kept_anchors` are anchors that one tenant kept.

    Raises:
        NotFound: no tenant has this slug.
        Invalid: witnesses without saying whose they are.
    """
    if kept_anchors and tenant_slug == ALL:
        raise Invalid(fields={"tenant": N_("请指明这些存证属于哪个租户。")})
    verdicts = {}
    for slug, tenant_id in await _tenants(runtime, tenant_slug):
        async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
            verdicts[slug] = await verify(work, kept_anchors)
    return verdicts


async def all_anchors(runtime: Runtime, tenant_slug: str = ALL) -> Mapping[str, list[Anchor]]:
    """Slug → anchors, the oldest first.

    Raises:
        NotFound: no tenant has this slug.
    """
    found = {}
    for slug, tenant_id in await _tenants(runtime, tenant_slug):
        async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
            rows = await ChainRepository(work.session, tenant_id).anchors()
            found[slug] = [Anchor.of(row) for row in reversed(rows)]
    return found


def kept_anchors_in(text: str) -> list[KeptAnchor]:
    """Every line of the form `2026-11-23 1042 <64 hexadecimal digits>`; other lines of a letter do not matter."""
    found = (_ANCHOR.match(line) for line in text.splitlines())
    return [KeptAnchor(int(match[1]), match[2].lower()) for match in found if match]


async def _tenants(runtime: Runtime, tenant_slug: str) -> list[tuple[str, UUID]]:
    statement = select(Tenant.slug, Tenant.id).where(Tenant.state.in_(KEPT_STATES)).order_by(Tenant.slug)
    if tenant_slug != ALL:
        statement = statement.where(Tenant.slug == tenant_slug)
    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        tenants = [(slug, tenant_id) for slug, tenant_id in await work.session.execute(statement)]
    if not tenants and tenant_slug != ALL:
        raise UnknownName(word=tenant_slug, kind=N_("租户"))
    return tenants

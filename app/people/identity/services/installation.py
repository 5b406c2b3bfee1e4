"""The first set-up of an installation: headquarters, and a link for its first administrator."""

from datetime import timedelta

from sqlalchemy.dialects.postgresql import insert

from app.people.identity.errors import AdministratorExists
from app.people.identity.models import Invitation
from app.people.identity.repository import MemberRepository
from app.people.identity.role_granting import ADMINISTRATOR_ROLES
from app.people.identity.services.invitations import invitation_link
from app.people.identity.tokens import new_token, token_hash
from app.platform.kernel.actor import HQ_TENANT_ID, Actor, ActorKind
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWorkFactory
from tenants.models import Tenant, TenantProfile

LIFETIME = timedelta(days=1)
NAME = "萤火总部"
SLUG = "headquarters"


class InstallationService:
    """`yinghuo init`. May be called again: headquarters is made once, and the newest link is the one that works."""

    def __init__(self, units_of_work: UnitOfWorkFactory, public_address: str) -> None:
        self._units_of_work = units_of_work
        self._public_address = public_address.rstrip("/")

    async def initialise(self) -> str:
        """Make headquarters and the one-time link, good for a day, that makes its first administrator.

        Raises:
            AdministratorExists: headquarters has an active administrator already.
        """
        token = new_token()
        async with self._units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
            await work.session.execute(
                insert(Tenant)
                .values(id=HQ_TENANT_ID, kind="hq", slug=SLUG, name=NAME, state="active", created_at=work.now)
                .on_conflict_do_nothing()
            )
            await work.session.execute(
                insert(TenantProfile)
                .values(tenant_id=HQ_TENANT_ID, id=HQ_TENANT_ID, name=NAME, slug=SLUG)
                .on_conflict_do_nothing()
            )
            rows = MemberRepository(work.session)
            role = ADMINISTRATOR_ROLES[ActorKind.HQ]
            if await rows.lock_administrators(role):
                raise AdministratorExists
            earlier = await rows.open_invitation_for("", None)
            if earlier is not None:
                earlier.revoked_at = work.now
                await work.session.flush()
            work.session.add(
                Invitation(
                    tenant_id=HQ_TENANT_ID,
                    id=work.new_id(),
                    email="",
                    display_name="",
                    roles=[role],
                    token_hash=token_hash(token),
                    created_at=work.now,
                    sent_at=work.now,
                    expires_at=work.now + LIFETIME,
                )
            )
            work.audit("installation.initialised", "tenant", HQ_TENANT_ID)
        return invitation_link(self._public_address, HQ_TENANT_ID, token)


async def initialise(runtime: Runtime) -> str:
    """What `yinghuo init` calls; see `InstallationService.initialise`."""
    return await InstallationService(runtime.units_of_work, runtime.settings.public_url).initialise()

"""A company's provider: a partner's owner sets it up for the staff, a client's administrator for its people."""

from typing import Final
from uuid import UUID

from app.people.identity import ADMINISTRATOR_ROLES, ROLE_NAMES, SignInStore, kind_of_member
from app.people.single_sign_on.errors import MappingInvalid, ProviderUnreachable, RoleNotMappable
from app.people.single_sign_on.models import IdentityProvider, ReportersBy
from app.people.single_sign_on.protocol import discover
from app.people.single_sign_on.provider_limits import roles_within
from app.people.single_sign_on.repository import ProviderRepository
from app.people.single_sign_on.safe_http import SafeHttpClient, UnsafeRequestRefused
from app.people.single_sign_on.schemas import ProviderSettings, ProviderView
from app.platform.kernel.actor import ActorKind
from app.platform.kernel.encryption import SecretCipher
from app.platform.kernel.errors import Forbidden, NotFound, StaleVersion
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission, roles_of
from rbac.roles import AvailableRoles, load_available_roles
from tenants.context import Command, as_platform, elevated

CALLBACK: Final = "/single-sign-on/callback"


class Providers:
    """The provider of the actor's own company, or client; nobody sees or sets another's.

    The table is closed to inner rings: a client's administrator is served in the tenant's own scope, where every query
    names whose provider it means.
    """

    def __init__(
        self, work: UnitOfWork, safe_http: SafeHttpClient, cipher: SecretCipher, store: SignInStore, public_address: str
    ) -> None:
        work.actor.require(Permission.IDENTITY_PROVIDER_WRITE)
        self._work = work
        self._rows = ProviderRepository(work.session)
        self._safe_http = safe_http
        self._cipher = cipher
        self._store = store
        self._public_address = public_address

    async def show(self) -> ProviderView:
        """What is set up; `configured` False where nothing is."""
        async with as_platform(self._work):
            return await self._to_view(await self._rows.of(self._work.actor.client_id))

    async def write(self, wanted: ProviderSettings) -> ProviderView:
        """Set it up or change it. The issuer is asked first, so that a misspelt address is noticed now.

        Raises:
            ProviderUnreachable: the issuer does not describe itself.
            RoleNotMappable: a role that no provider may give, or beyond the actor.
            MappingInvalid: naming the fields.
            StaleVersion: somebody was faster.
        """
        work = self._work
        work.require_writable()
        client_id = work.actor.client_id
        try:
            # Before anything is asked of the database: no connection waits for somebody else's server.
            await discover(self._safe_http, wanted.issuer)
        except UnsafeRequestRefused as error:
            raise ProviderUnreachable(fields={"issuer": ProviderUnreachable.text}) from error
        self._check_roles(wanted, await load_available_roles(work))
        async with elevated(work, Command.CONFIGURE_SINGLE_SIGN_ON):
            row = await self._rows.of(client_id, lock=True)
            if (row.version if row is not None else 0) != wanted.version:
                raise StaleVersion
            if row is None:
                if not wanted.client_secret:
                    raise MappingInvalid(fields={"client_secret": N_("请填写客户端密钥。")})
                row = IdentityProvider(
                    tenant_id=work.tenant_id, id=work.new_id(), client_id=client_id, created_at=work.now, version=0
                )
                work.session.add(row)
            elif row.issuer != wanted.issuer and not wanted.client_secret:
                # Else the present secret would be sent to whoever is named now.
                raise MappingInvalid(fields={"client_secret": N_("换了地址，请重新填写客户端密钥。")})
            elif row.issuer.rstrip("/") != wanted.issuer.rstrip("/"):
                row = await self._replaced_by_new_issuer(row)
            self._fill(row, wanted)
            if not row.active:
                self._end_sessions(row.id)
            work.audit("identity_provider.changed", "identity_provider", row.id, issuer=row.issuer, active=row.active)
            await work.session.flush()
            return await self._to_view(row)

    async def remove(self, version: int) -> None:
        """Remove the provider and sign out everybody who came by it; another provider can let them in again.

        Raises:
            NotFound, StaleVersion
        """
        self._work.require_writable()
        async with elevated(self._work, Command.CONFIGURE_SINGLE_SIGN_ON):
            row = await self._rows.of(self._work.actor.client_id, lock=True)
            if row is None:
                raise NotFound
            if row.version != version:
                raise StaleVersion
            await self._work.session.delete(row)
            self._end_sessions(row.id)
            self._work.audit("identity_provider.deleted", "identity_provider", row.id)

    def _end_sessions(self, provider_id: UUID) -> None:
        """After the commit, when nobody can sign in by it any more."""

        async def end() -> None:
            await self._store.revoke_provider(provider_id)

        self._work.after_commit(end)

    async def _replaced_by_new_issuer(self, former: IdentityProvider) -> IdentityProvider:
        """The row for a new issuer: subjects of another issuer are other people, so it counts as another provider."""
        work = self._work
        await work.session.delete(former)
        await work.session.flush()
        self._end_sessions(former.id)
        row = IdentityProvider(
            tenant_id=work.tenant_id,
            id=work.new_id(),
            client_id=former.client_id,
            created_at=work.now,
            version=former.version,
        )
        work.session.add(row)
        return row

    def _fill(self, row: IdentityProvider, wanted: ProviderSettings) -> None:
        row.issuer, row.oidc_client_id = wanted.issuer, wanted.oidc_client_id
        if wanted.client_secret:
            row.sealed_secret = self._cipher.encrypt(wanted.client_secret)
        row.email_domains = sorted({each.strip().lstrip("@").lower() for each in wanted.email_domains})
        row.role_claim = wanted.role_claim.strip()
        row.role_mapping = {value: sorted(set(roles)) for value, roles in wanted.role_mapping.items()}
        row.default_roles = sorted(set(wanted.default_roles))
        row.reporters_by = wanted.reporters_by.value if row.client_id is not None else ReportersBy.PIN.value
        row.active = wanted.active
        row.set_up_by = list(self._work.actor.roles)
        row.version += 1

    def _check_roles(self, wanted: ProviderSettings, available_roles: AvailableRoles) -> None:
        """Nobody gives by a provider what they could not give by hand."""
        actor = self._work.actor
        kind = kind_of_member(actor.tenant_id, actor.client_id)
        roles = {*wanted.default_roles, *(role for each in wanted.role_mapping.values() for role in each)}
        if not all(available_roles.knows(kind, role) for role in roles):
            raise MappingInvalid(fields={"role_mapping": N_("没有这个角色。")})
        if wanted.role_mapping and not wanted.role_claim.strip():
            raise MappingInvalid(fields={"role_claim": N_("请填写放角色的字段名，例如 groups。")})
        if not roles <= set(self._offered(kind, available_roles)):
            raise RoleNotMappable(fields={"role_mapping": RoleNotMappable.text})

    def _offered(self, kind: ActorKind, available_roles: AvailableRoles) -> list[str]:
        if kind is ActorKind.HQ:
            raise Forbidden
        existing = [*(role for role in ROLE_NAMES if role in roles_of(kind)), *available_roles.own]
        return [
            role
            for role in existing
            if role != ADMINISTRATOR_ROLES.get(kind)
            and roles_within(available_roles, kind, [role], self._work.actor.permissions)
        ]

    async def _to_view(self, row: IdentityProvider | None) -> ProviderView:
        actor = self._work.actor
        slug, code = await self._rows.slugs(actor.tenant_id, actor.client_id)
        kind = kind_of_member(actor.tenant_id, actor.client_id)
        offered = self._offered(kind, await load_available_roles(self._work))
        address = "/".join(filter(None, (self._public_address, "company-sign-in", slug, code)))
        redirect_uri = f"{self._public_address}{CALLBACK}"
        if row is None:
            return ProviderView(
                configured=False, sign_in_address=address, redirect_uri=redirect_uri, offered_roles=offered
            )
        return ProviderView(
            configured=True,
            sign_in_address=address,
            redirect_uri=redirect_uri,
            offered_roles=offered,
            issuer=row.issuer,
            oidc_client_id=row.oidc_client_id,
            email_domains=list(row.email_domains),
            role_claim=row.role_claim,
            role_mapping=dict(row.role_mapping),
            default_roles=list(row.default_roles),
            reporters_by=ReportersBy(row.reporters_by),
            active=row.active,
            version=row.version,
        )

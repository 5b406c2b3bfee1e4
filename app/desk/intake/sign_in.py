"""Signing in with a device and its PIN (I4).

Whatever is wrong, the same steps are taken: the tenant and the holder are looked up, one attempt is counted, one hash
is computed. So neither answer nor timing tells a wrong PIN from an unknown number.
"""

from collections.abc import Awaitable, Callable
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.desk.intake import normalisation, repository
from app.desk.intake.errors import SignInRefused
from app.desk.intake.repository import Holder
from app.desk.intake.schemas import LabelSignIn, PortalSignIn, ReporterSession
from app.desk.intake.throttling import pin_rules
from app.people.identity import NewSession, PasswordHashing, SignInStore
from app.people.identity.web_interface import known_browser, known_browser_cookie
from app.platform.kernel.actor import HQ_TENANT_ID, Actor, ActorKind
from app.platform.kernel.throttle import Throttle, new_attempt
from app.platform.kernel.unit_of_work import Origin, UnitOfWorkFactory
from tenants.context import as_platform

_NO_TENANT = UUID(int=0)
"""Tenant id for an unknown slug, so that the same look-ups are made and find nothing."""

FindHolder = Callable[[AsyncSession], Awaitable[Holder | None]]


class ReporterSignIn:
    """Opens and ends reporters' sessions, in transactions of its own, before there is an actor."""

    def __init__(
        self,
        units_of_work: UnitOfWorkFactory,
        store: SignInStore,
        passwords: PasswordHashing,
        throttle: Throttle,
        secret: bytes,
    ) -> None:
        """`secret` signs the cookies of known browsers."""
        self._secret = secret
        self._units_of_work = units_of_work
        self._store = store
        self._passwords = passwords
        self._throttle = throttle

    async def by_number(self, typed: PortalSignIn, origin: Origin, user_agent: str = "") -> ReporterSession:
        """A session for the holder of a device, from the client's portal address.

        Raises:
            SignInRefused: whatever is wrong.
            TooManyAttempts: for this device, client, network address, or everywhere.
            ThrottleUnavailable: attempts cannot be counted, so none is allowed.
        """
        code, number = normalisation.address_part(typed.client), normalisation.device_number(typed.device_number)
        return await self._open(
            typed.tenant,
            lambda session: repository.holder_by_number(session, code, number),
            throttle_keys=(f"{code}\0{number}", code),
            credentials=(typed.pin, typed.known_browser),
            origin=origin,
            user_agent=user_agent,
        )

    async def by_label(self, typed: LabelSignIn, origin: Origin, user_agent: str = "") -> ReporterSession:
        """A session for the holder of the device that a scanned label names. Raises as `by_number` does."""
        label = normalisation.token(typed.label)
        return await self._open(
            typed.tenant,
            lambda session: repository.holder_by_label(session, label),
            throttle_keys=(label, label),
            credentials=(typed.pin, typed.known_browser),
            origin=origin,
            user_agent=user_agent,
        )

    async def is_signed_in_at(self, actor: Actor, tenant_slug: str, label: str) -> bool:
        """Whether `actor` has signed in at the device of this label already."""
        if actor.kind is not ActorKind.REPORTER or actor.session_id is None:
            return False
        device_id = await self._store.device_of(actor.session_id)
        async with self._units_of_work.begin(Actor.system(actor.tenant_id)) as work:
            tenant_id = await repository.tenant_by_slug(work.session, normalisation.address_part(tenant_slug))
            return tenant_id == actor.tenant_id and device_id == await repository.labelled_device(
                work.session, normalisation.token(label)
            )

    async def is_closed(self, tenant_slug: str) -> bool:
        """Whether the partner at this slug is closed. Not a secret: its directory entry was public."""
        async with self._units_of_work.begin(Actor.visitor()) as work:
            return await repository.is_closed_slug(work.session, normalisation.address_part(tenant_slug))

    async def close(self, actor: Actor, origin: Origin) -> None:
        """End the reporter's session; for anybody else nothing happens."""
        if actor.kind is ActorKind.REPORTER and actor.session_id is not None:
            await self._store.revoke(actor.session_id)
            async with self._units_of_work.begin(actor, origin) as work, as_platform(work):
                work.audit("reporter.session_closed", "session", actor.session_id)

    async def _open(
        self,
        slug: str,
        find: FindHolder,
        *,
        throttle_keys: tuple[str, str],
        credentials: tuple[str, str],
        origin: Origin,
        user_agent: str,
    ) -> ReporterSession:
        """`credentials` are the PIN and the cookie of a known browser."""
        slug = normalisation.address_part(slug)
        async with self._units_of_work.begin(Actor.visitor()) as work:
            tenant_id = await repository.tenant_by_slug(work.session, slug)
        async with self._units_of_work.begin(Actor.system(tenant_id or _NO_TENANT)) as work:
            holder = await find(work.session)
        (device, client), (pin, cookie) = throttle_keys, credentials
        rules, tried = (
            pin_rules(
                str(holder.device_id) if holder else f"{slug}\0{device}",
                f"{slug}\0{holder.client_code if holder else client}",
                origin.network,
                known_browser(self._secret, cookie, _pin_key(holder)),
            ),
            new_attempt(),
        )
        await self._throttle.enforce(rules, name=tried)
        is_correct = await self._passwords.verify(holder.pin_hash if holder else None, normalisation.pin(pin))
        if not is_correct or holder is None or tenant_id is None:
            await self._note_refusal(tenant_id, holder, origin)
            raise SignInRefused
        opened = await self._session(tenant_id, holder, origin, user_agent)
        await self._throttle.take_back(rules, tried)
        known = known_browser_cookie(self._secret, _pin_key(holder), cookie)
        return ReporterSession(opened.token, opened.expires_in, holder.display_name, known)

    async def _note_refusal(self, tenant_id: UUID | None, holder: Holder | None, origin: Origin) -> None:
        """Write one audit row whatever was wrong, so that an unknown number costs as much as a wrong PIN; in
        headquarters' log where the tenant is unknown."""
        async with self._units_of_work.begin(Actor.system(tenant_id or HQ_TENANT_ID), origin) as work:
            work.audit("reporter.session_refused", "device", holder.device_id if holder else None)

    async def _session(self, tenant_id: UUID, holder: Holder, origin: Origin, user_agent: str) -> NewSession:
        """Open the session while the PIN is locked, since replacing a PIN ends the sessions opened with it."""
        async with self._units_of_work.begin(Actor.system(tenant_id), origin) as work:
            if not await repository.pin_is_current(work.session, holder):
                raise SignInRefused
            session = await self._store.open_for_reporter(
                tenant_id,
                holder.client_id,
                holder.reporter_id,
                device_id=holder.device_id,
                origin=origin,
                user_agent=user_agent,
            )
            reporter = Actor(
                kind=ActorKind.REPORTER,
                tenant_id=tenant_id,
                client_id=holder.client_id,
                reporter_id=holder.reporter_id,
            )
            work.audit_as(reporter, "reporter.session_opened", "device", holder.device_id)
        return session


def _pin_key(holder: Holder | None) -> str:
    """Key of a device with its present PIN: knowing an earlier PIN gives no exemption. A constant for no holder."""
    return f"{holder.device_id}\0{holder.pin_hash}" if holder else "\0"

"""Login attempts at a provider: the redirect, and the verified identity in the answer. Nothing is written (I6)."""

import hmac
import re
import secrets
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from app.identity import IdentityParts, account_email
from app.identity.throttling import link_rules
from app.kernel.actor import Actor
from app.kernel.addresses import AddressRefused
from app.kernel.errors import NotFound
from app.kernel.logs import log
from app.kernel.sealing import Sealer, Unreadable
from app.kernel.work import Origin, Works
from app.single_sign_on.errors import SignOnRefused
from app.single_sign_on.models import IdentityProvider
from app.single_sign_on.outward import Outward, OutwardRefused
from app.single_sign_on.protocol import Description, ProtocolRefused, address_to_open, claims_for_code, described
from app.single_sign_on.repository import ProviderRepository, tenant_called
from app.single_sign_on.schemas import Journey, Person, Vouched
from app.single_sign_on.services.providers import CALLBACK

PATIENCE_SECONDS: Final = 600
"""How long a login attempt at the provider may take."""

_log = log("app.single_sign_on")
_CODE: Final = re.compile("[a-z_]{1,40}")


class Journeys:
    """Opens its own transactions, as the tenant whose provider it is."""

    def __init__(self, works: Works, parts: IdentityParts, outward: Outward, sealer: Sealer) -> None:
        self._works = works
        self._parts = parts
        self._outward = outward
        self._sealer = sealer
        self._redirect_uri = f"{parts.public_address}{CALLBACK}"

    async def begin(self, tenant: str, client: str, place: str, origin: Origin) -> tuple[str, str]:
        """The address to redirect to, and the sealed login attempt that the browser keeps meanwhile.

        Raises:
            NotFound: nobody here has a provider.
            SignOnRefused: the provider does not answer.
            TooManyAttempts, ThrottleUnavailable.
        """
        await self._parts.throttle.enforce(link_rules(origin.network))
        provider = await self._provider_called(tenant.strip().lower()[:80], client.strip().lower()[:80])
        description = await self._described(provider)
        journey = Journey(
            provider.tenant_id,
            provider.id,
            secrets.token_urlsafe(24),
            secrets.token_urlsafe(24),
            secrets.token_urlsafe(48),
            place,
            self._works.clock.now().timestamp(),
        )
        address = address_to_open(
            description,
            oidc_client_id=provider.oidc_client_id,
            redirect_uri=self._redirect_uri,
            state=journey.state,
            nonce=journey.nonce,
            verifier=journey.verifier,
        )
        return address, self._sealer.seal(msgspec.json.encode(journey).decode())

    async def returned(self, sealed: str, answer: Mapping[str, str], origin: Origin) -> str:
        """The sealed identity that the provider vouches for; `Arrivals` opens a session once the person has confirmed.

        Raises:
            SignOnRefused: the answer is not to a question of this browser, or proves nothing.
            TooManyAttempts, ThrottleUnavailable.
        """
        await self._parts.throttle.enforce(link_rules(origin.network))
        journey = self._journey(sealed)
        if not hmac.compare_digest(journey.state.encode(), answer.get("state", "").encode()):
            raise SignOnRefused
        async with self._works.begin(Actor.system(journey.tenant_id)) as work:
            provider = await ProviderRepository(work.session).active(journey.provider_id)
        if provider is None or not answer.get("code"):
            # The answer comes from the browser and may hold anything: only what looks like a code is logged.
            code = answer.get("error", "")
            known = code if _CODE.fullmatch(code) else "unreadable"
            _log.info("single_sign_on.refused", provider=str(journey.provider_id), code=known)
            raise SignOnRefused
        person = await self._person(provider, journey, answer)
        vouched = Vouched(
            provider.tenant_id,
            provider.id,
            provider.version,
            person.subject,
            person.name,
            person.email,
            sorted({role for value in person.values for role in provider.role_mapping.get(value, ())}),
            journey.place,
            self._works.clock.now().timestamp(),
        )
        return self._sealer.seal(msgspec.json.encode(vouched).decode())

    async def _provider_called(self, tenant: str, client: str) -> IdentityProvider:
        async with self._works.begin(Actor.visitor()) as work:
            tenant_id = await tenant_called(work.session, tenant)
        if tenant_id is None:
            raise NotFound
        async with self._works.begin(Actor.system(tenant_id)) as work:
            rows = ProviderRepository(work.session)
            found = await rows.of_client_called(client) if client else await rows.of(None)
        if found is None or not found.active:
            raise NotFound
        return found

    async def _described(self, provider: IdentityProvider) -> Description:
        try:
            return await described(self._outward, provider.issuer)
        except OutwardRefused as error:
            _log.warning("single_sign_on.unreachable", provider=str(provider.id), reason=str(error)[:300])
            raise SignOnRefused from error

    def _journey(self, sealed: str) -> Journey:
        try:
            journey = msgspec.json.decode(self._sealer.open(sealed), type=Journey)
        except (Unreadable, msgspec.DecodeError) as error:
            raise SignOnRefused from error
        if self._works.clock.now().timestamp() - journey.begun_at > PATIENCE_SECONDS:
            raise SignOnRefused
        return journey

    async def _person(self, provider: IdentityProvider, journey: Journey, answer: Mapping[str, str]) -> Person:
        description = await self._described(provider)
        told = answer.get("iss")
        if told is None and description.authorization_response_iss_parameter_supported:
            raise SignOnRefused
        if told is not None and told.rstrip("/") != description.issuer.rstrip("/"):
            raise SignOnRefused
        try:
            claims = await claims_for_code(
                self._outward,
                description,
                code=answer["code"],
                verifier=journey.verifier,
                nonce=journey.nonce,
                redirect_uri=self._redirect_uri,
                oidc_client_id=provider.oidc_client_id,
                secret=self._sealer.open(provider.sealed_secret),
            )
        except (OutwardRefused, ProtocolRefused) as error:
            _log.warning("single_sign_on.refused", provider=str(provider.id), reason=str(error)[:300])
            raise SignOnRefused from error
        return person_of(claims, provider)


def person_of(claims: Mapping[str, Any], provider: IdentityProvider) -> Person:
    """Whom the claims tell of. An address is believed if its domain is one that the company has named, and the provider
    does not say that it is unverified; where no domain is named, if the provider says that it is verified."""
    email, verified = "", claims.get("email_verified")
    if isinstance(claims.get("email"), str) and verified not in (False, "false"):
        try:
            email = account_email(claims["email"])
        except AddressRefused:
            email = ""
    named = email.rpartition("@")[2] in provider.email_domains
    if not (named if provider.email_domains else verified in (True, "true")):
        email = ""
    told = claims.get(provider.role_claim) if provider.role_claim else None
    values = [told] if isinstance(told, str) else told if isinstance(told, list) else []
    name = next((str(claims[key]).strip() for key in ("name", "preferred_username") if claims.get(key)), "")
    return Person(
        claims["sub"],
        (name or email or claims["sub"])[:80],
        email,
        frozenset(value for value in values if isinstance(value, str)),
    )

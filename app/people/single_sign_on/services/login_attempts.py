"""Login attempts at a provider: the redirect, and the verified identity in the answer. Nothing is written (I6)."""

import hmac
import re
import secrets
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from app.people.identity import IdentityDependencies, account_email, link_rules
from app.people.single_sign_on.errors import SignOnRefused
from app.people.single_sign_on.models import IdentityProvider
from app.people.single_sign_on.protocol import (
    ProtocolRefused,
    ProviderMetadata,
    authorization_url,
    claims_for_code,
    discover,
)
from app.people.single_sign_on.repository import ProviderRepository, tenant_by_slug
from app.people.single_sign_on.safe_http import SafeHttpClient, UnsafeRequestRefused
from app.people.single_sign_on.schemas import LoginAttempt, Person, VerifiedIdentity
from app.people.single_sign_on.services.providers import CALLBACK
from app.platform.kernel.actor import Actor
from app.platform.kernel.contact_details import ContactDetailInvalid
from app.platform.kernel.encryption import DecryptionFailed, SecretCipher
from app.platform.kernel.errors import NotFound
from app.platform.kernel.logs import log
from app.platform.kernel.unit_of_work import Origin, UnitOfWorkFactory

LOGIN_ATTEMPT_SECONDS: Final = 600
"""How long a login attempt at the provider may take."""

_log = log("app.people.single_sign_on")
_CODE: Final = re.compile("[a-z_]{1,40}")


class LoginAttempts:
    """Opens its own transactions, as the tenant whose provider it is."""

    def __init__(
        self,
        units_of_work: UnitOfWorkFactory,
        dependencies: IdentityDependencies,
        safe_http: SafeHttpClient,
        cipher: SecretCipher,
    ) -> None:
        self._units_of_work = units_of_work
        self._dependencies = dependencies
        self._safe_http = safe_http
        self._cipher = cipher
        self._redirect_uri = f"{dependencies.public_address}{CALLBACK}"

    async def begin(self, tenant: str, client: str, place: str, origin: Origin) -> tuple[str, str]:
        """The address to redirect to, and the sealed login attempt that the browser keeps meanwhile.

        Raises:
            NotFound: nobody here has a provider.
            SignOnRefused: the provider does not answer.
            TooManyAttempts, ThrottleUnavailable.
        """
        await self._dependencies.throttle.enforce(link_rules(origin.network))
        provider = await self._provider_of(tenant.strip().lower()[:80], client.strip().lower()[:80])
        description = await self._discover(provider)
        login_attempt = LoginAttempt(
            provider.tenant_id,
            provider.id,
            secrets.token_urlsafe(24),
            secrets.token_urlsafe(24),
            secrets.token_urlsafe(48),
            place,
            self._units_of_work.clock.now().timestamp(),
        )
        address = authorization_url(
            description,
            oidc_client_id=provider.oidc_client_id,
            redirect_uri=self._redirect_uri,
            state=login_attempt.state,
            nonce=login_attempt.nonce,
            verifier=login_attempt.verifier,
        )
        return address, self._cipher.encrypt(msgspec.json.encode(login_attempt).decode())

    async def complete(self, sealed: str, answer: Mapping[str, str], origin: Origin) -> str:
        """The sealed identity that the provider vouches for; `Callbacks` opens a session once the person has confirmed.

        Raises:
            SignOnRefused: the answer is not to a question of this browser, or proves nothing.
            TooManyAttempts, ThrottleUnavailable.
        """
        await self._dependencies.throttle.enforce(link_rules(origin.network))
        login_attempt = self._login_attempt(sealed)
        if not hmac.compare_digest(login_attempt.state.encode(), answer.get("state", "").encode()):
            raise SignOnRefused
        async with self._units_of_work.begin(Actor.system(login_attempt.tenant_id)) as work:
            provider = await ProviderRepository(work.session).active(login_attempt.provider_id)
        if provider is None or not answer.get("code"):
            # The answer comes from the browser and may hold anything: only what looks like a code is logged.
            code = answer.get("error", "")
            known = code if _CODE.fullmatch(code) else "unreadable"
            _log.info("single_sign_on.refused", provider=str(login_attempt.provider_id), code=known)
            raise SignOnRefused
        person = await self._person(provider, login_attempt, answer)
        identity = VerifiedIdentity(
            provider.tenant_id,
            provider.id,
            provider.version,
            person.subject,
            person.name,
            person.email,
            sorted({role for value in person.values for role in provider.role_mapping.get(value, ())}),
            login_attempt.place,
            self._units_of_work.clock.now().timestamp(),
        )
        return self._cipher.encrypt(msgspec.json.encode(identity).decode())

    async def _provider_of(self, tenant: str, client: str) -> IdentityProvider:
        async with self._units_of_work.begin(Actor.visitor()) as work:
            tenant_id = await tenant_by_slug(work.session, tenant)
        if tenant_id is None:
            raise NotFound
        async with self._units_of_work.begin(Actor.system(tenant_id)) as work:
            rows = ProviderRepository(work.session)
            found = await rows.of_client_with_code(client) if client else await rows.of(None)
        if found is None or not found.active:
            raise NotFound
        return found

    async def _discover(self, provider: IdentityProvider) -> ProviderMetadata:
        try:
            return await discover(self._safe_http, provider.issuer)
        except UnsafeRequestRefused as error:
            _log.warning("single_sign_on.unreachable", provider=str(provider.id), reason=str(error)[:300])
            raise SignOnRefused from error

    def _login_attempt(self, sealed: str) -> LoginAttempt:
        try:
            login_attempt = msgspec.json.decode(self._cipher.decrypt(sealed), type=LoginAttempt)
        except (DecryptionFailed, msgspec.DecodeError) as error:
            raise SignOnRefused from error
        if self._units_of_work.clock.now().timestamp() - login_attempt.begun_at > LOGIN_ATTEMPT_SECONDS:
            raise SignOnRefused
        return login_attempt

    async def _person(
        self, provider: IdentityProvider, login_attempt: LoginAttempt, answer: Mapping[str, str]
    ) -> Person:
        description = await self._discover(provider)
        issuer = answer.get("iss")
        if issuer is None and description.authorization_response_iss_parameter_supported:
            raise SignOnRefused
        if issuer is not None and issuer.rstrip("/") != description.issuer.rstrip("/"):
            raise SignOnRefused
        try:
            claims = await claims_for_code(
                self._safe_http,
                description,
                code=answer["code"],
                verifier=login_attempt.verifier,
                nonce=login_attempt.nonce,
                redirect_uri=self._redirect_uri,
                oidc_client_id=provider.oidc_client_id,
                secret=self._cipher.decrypt(provider.sealed_secret),
            )
        except (UnsafeRequestRefused, ProtocolRefused) as error:
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
        except ContactDetailInvalid:
            email = ""
    named = email.rpartition("@")[2] in provider.email_domains
    if not (named if provider.email_domains else verified in (True, "true")):
        email = ""
    claimed = claims.get(provider.role_claim) if provider.role_claim else None
    values = [claimed] if isinstance(claimed, str) else claimed if isinstance(claimed, list) else []
    name = next((str(claims[key]).strip() for key in ("name", "preferred_username") if claims.get(key)), "")
    return Person(
        claims["sub"],
        (name or email or claims["sub"])[:80],
        email,
        frozenset(value for value in values if isinstance(value, str)),
    )

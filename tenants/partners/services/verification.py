"""Proof that an address is the applicant's: a six-digit code, guessed at most five times, gone after ten minutes."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select, update

from app.platform.kernel.contact_details import normalise_email, normalise_mobile
from app.platform.kernel.errors import Invalid, TooManyAttempts
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.texts import N_
from app.platform.kernel.throttle import AnyRule, Backoff, Pressure, SlidingWindow, Throttle
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.notifications import ChannelName, send
from tenants.context import Command, elevated
from tenants.partners.errors import CodeRefused, SmsNotOffered
from tenants.partners.messages import code_message
from tenants.partners.models import VerificationCode
from tenants.partners.schemas import CodeRequest, CodeSent

PURPOSE: Final = "partnership"
LIFETIME: Final = timedelta(minutes=10)
MOST_GUESSES: Final = 5
DIGITS: Final = 6

_HOUR: Final = 3600
_GUESSES_AT_ONE_CODE: Final = "partnership-code-guess"


@dataclass(frozen=True, slots=True)
class SignUpSettings:
    """What signing up needs to know of the installation."""

    secret: bytes
    throttle: Throttle
    sms_offered: bool
    public_url: str

    @classmethod
    def of(cls, runtime: Runtime) -> "SignUpSettings":
        secret = runtime.settings.secret.get_secret_value().encode()
        return cls(
            secret=secret,
            throttle=Throttle(runtime.redis, secret=secret, now=runtime.clock.now),
            sms_offered=runtime.settings.sms_configured,
            public_url=runtime.settings.public_url.rstrip("/"),
        )


class AddressVerification:
    """Sends codes and takes them back."""

    def __init__(self, work: UnitOfWork, installation: SignUpSettings) -> None:
        self._work = work
        self._installation = installation

    async def send_code(self, request: CodeRequest) -> CodeSent:
        """Send a new code; earlier codes of the same address stop working.

        Raises:
            ContactDetailInvalid: malformed address.
            SmsNotOffered: no SMS provider is configured.
            TooManyAttempts: too many codes for this address, from this network, or in all.
            ThrottleUnavailable: nobody can count.
        """
        channel, address = self._addressed(request)
        await self._installation.throttle.enforce(self._sending_rules(address))
        work = self._work
        code_id, code = work.new_id(), f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
        async with elevated(work, Command.VERIFY_ADDRESS):
            work.session.add(
                VerificationCode(
                    tenant_id=work.tenant_id,
                    id=code_id,
                    purpose=PURPOSE,
                    channel=channel,
                    address=address,
                    code_hash=self._hash(code_id, code),
                    created_at=work.now,
                    expires_at=work.now + LIFETIME,
                )
            )
            await send(work, code_message(channel, address, code, code_id, work.actor.language))
        return CodeSent(expires_in=int(LIFETIME.total_seconds()))

    async def redeem(self, channel: ChannelName, address: str, code: str, *, field: str) -> None:
        """Take the code that was sent to `address` (normalised) back; it works once. Takes the tenant's scope.

        Raises:
            CodeRefused: wrong, expired, used, guessed at too often or never sent; names `field`.
            TooManyAttempts: too many guesses from this network or in all.
            ThrottleUnavailable: nobody can count the guess.
        """
        work = self._work
        latest = (
            await work.session.execute(
                select(VerificationCode.id, VerificationCode.code_hash)
                .where(
                    VerificationCode.address == address,
                    VerificationCode.purpose == PURPOSE,
                    VerificationCode.channel == channel,
                    VerificationCode.used_at.is_(None),
                    VerificationCode.expires_at > work.now,
                )
                .order_by(VerificationCode.created_at.desc(), VerificationCode.id.desc())
                .limit(1)
            )
        ).first()
        await self._count_guess(address if latest is None else str(latest.id))
        if latest is None or not hmac.compare_digest(self._hash(latest.id, code.strip()), latest.code_hash):
            raise CodeRefused(fields={field: CodeRefused.text})
        used = await work.session.scalar(
            update(VerificationCode)
            .where(VerificationCode.id == latest.id, VerificationCode.used_at.is_(None))
            .values(used_at=work.now)
            .returning(VerificationCode.id)
        )
        if used is None:
            raise CodeRefused(fields={field: CodeRefused.text})

    def _addressed(self, request: CodeRequest) -> tuple[ChannelName, str]:
        match request.channel:
            case ChannelName.EMAIL:
                return ChannelName.EMAIL, normalise_email(request.address).lower()
            case ChannelName.SMS if self._installation.sms_offered:
                return ChannelName.SMS, normalise_mobile(request.address)
            case ChannelName.SMS:
                raise SmsNotOffered
            case _:
                raise Invalid(fields={"channel": N_("email 或 sms")})

    def _sending_rules(self, address: str) -> list[AnyRule]:
        """Codes cost money, so that there is a hard limit behind the growing waits."""
        return [
            SlidingWindow("partnership-code-minute", address, 1, 60),
            SlidingWindow("partnership-code-address", address, 5, _HOUR),
            _by_network("partnership-code-network", self._network, 20),
            Pressure("partnership-code-pressure", "", 600, _HOUR),
            SlidingWindow("partnership-code-all", "", 6000, _HOUR),
        ]

    async def _count_guess(self, key: str) -> None:
        verdict = await self._installation.throttle.attempt(
            [
                SlidingWindow(_GUESSES_AT_ONE_CODE, key, MOST_GUESSES, int(LIFETIME.total_seconds())),
                _by_network("partnership-guess-network", self._network, 60),
                Pressure("partnership-guess-all", "", 3000, _HOUR),
            ]
        )
        if verdict.refused_by == _GUESSES_AT_ONE_CODE:
            raise CodeRefused
        if not verdict.allowed:
            raise TooManyAttempts(verdict.retry_after)

    @property
    def _network(self) -> str:
        return self._work.origin.network

    def _hash(self, code_id: UUID, code: str) -> str:
        """Keyed: a million codes are too few for a bare hash."""
        return hmac.new(self._installation.secret, f"{code_id}:{code}".encode(), hashlib.sha256).hexdigest()


def _by_network(name: str, network: str, free: int) -> Backoff:
    return Backoff(name, network, free, first_wait=15, longest_wait=1800, memory_seconds=_HOUR, strained=True)

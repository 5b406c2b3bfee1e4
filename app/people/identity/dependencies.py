"""What identity's use cases depend on besides the unit of work."""

from dataclasses import dataclass

from app.people.identity.database_attempt_ledger import DatabaseAttemptLedger
from app.people.identity.messages import MessageSender
from app.people.identity.passwords import PasswordHashing
from app.people.identity.sessions import SignInStore
from app.platform.kernel.encryption import SecretCipher
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.throttle import Throttle


@dataclass(frozen=True)
class IdentityDependencies:
    """Made once per process. `public_address` is where links lead; never a request's Host header."""

    store: SignInStore
    passwords: PasswordHashing
    throttle: Throttle
    messages: MessageSender
    public_address: str
    secret: bytes
    cipher: SecretCipher
    second_factor_required: bool
    sms_offered: bool

    @classmethod
    def of(cls, runtime: Runtime, messages: MessageSender) -> "IdentityDependencies":
        """The dependencies of a process, web or worker."""
        settings = runtime.settings
        secret = settings.secret.get_secret_value().encode()
        return cls(
            store=SignInStore(runtime.engine("signin"), runtime.clock, runtime.ids),
            passwords=PasswordHashing(settings.password_memory_kibibytes),
            throttle=Throttle(
                runtime.redis,
                secret=secret,
                now=runtime.clock.now,
                fallback=DatabaseAttemptLedger(runtime.engine("signin"), runtime.clock),
            ),
            messages=messages,
            public_address=settings.public_url.rstrip("/"),
            secret=secret,
            cipher=SecretCipher(settings.all_secrets, "second factor"),
            second_factor_required=settings.second_factor_required,
            sms_offered=settings.sms_configured,
        )

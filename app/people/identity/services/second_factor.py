"""The second factor: an authenticator app (TOTP, RFC 6238), and recovery codes for the day it is lost.

A code is taken for its own time step and its neighbours, because telephones' clocks differ, and no step is taken twice.
Headquarters' people and partners' owners must have one (I1); everybody else may. Whoever proves it once at sign-in has
proved it for the session.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import pyotp
from sqlalchemy.ext.asyncio import AsyncSession

from app.people.identity.authentication import needs_second_factor
from app.people.identity.dependencies import IdentityDependencies
from app.people.identity.errors import (
    SecondFactorExists,
    SecondFactorMandatory,
    SecondFactorMissing,
    SecondFactorNeeded,
    SecondFactorRefused,
    WrongPassword,
)
from app.people.identity.messages import Notice, notice_message
from app.people.identity.models import Account
from app.people.identity.repository import AccountRepository
from app.people.identity.schemas import SecondFactorSetup, SecondFactorState
from app.people.identity.second_factor_repository import SecondFactorRepository
from app.people.identity.sessions import NewSession
from app.people.identity.throttling import reauthentication_rules, second_factor_rules
from app.people.identity.tokens import token_hash
from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.errors import NotFound, Unauthenticated
from app.platform.kernel.throttle import AnyRule, new_attempt
from app.platform.kernel.unit_of_work import Origin, UnitOfWorkFactory

ISSUER: Final = "萤火"
RECOVERY_CODES: Final = 10
_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without letters and digits that look alike."""
_GROUPS, _GROUP_LENGTH = 4, 4
ACCEPTED_DRIFT_STEPS: Final = 1
"""Time steps before and after the present one whose codes are taken too."""
STEP_SECONDS: Final = 30

PURPOSE: Final = "second_factor"
CODE_ENTRY_LIFETIME: Final = timedelta(minutes=10)
"""How long the second step of a sign-in may take."""


@dataclass(frozen=True)
class Proof:
    """That a code of this account's was taken just now. Only `SecondFactors.prove` makes one."""

    account_id: UUID


class SecondFactors:
    """Opens its own transactions: an account stands outside the tenants. Audit entries and messages are written in
    headquarters' tenant, the platform operator's."""

    def __init__(self, units_of_work: UnitOfWorkFactory, dependencies: IdentityDependencies) -> None:
        self._units_of_work = units_of_work
        self._dependencies = dependencies

    async def state(self, actor: Actor, account_id: UUID) -> SecondFactorState:
        """Whether the account has one, and must."""
        async with self._dependencies.store.sessions() as session:
            rows = SecondFactorRepository(session)
            found = await rows.of(account_id)
            left = await rows.recovery_codes_left(account_id)
        confirmed_at = found.confirmed_at if found is not None else None
        return SecondFactorState(
            confirmed_at is not None, confirmed_at, left, await self._mandatory(account_id), actor.second_factor_due
        )

    async def begin(self, account_id: UUID) -> SecondFactorSetup:
        """A new seed for the app, shown until its first code has come.

        Raises:
            SecondFactorExists: one is in use; it is removed first.
        """
        seed = pyotp.random_base32()
        async with self._dependencies.store.sessions.begin() as session:
            account = await AccountRepository(session).get(account_id)
            if account is None:
                raise NotFound
            begun = await SecondFactorRepository(session).begin(
                account_id, self._dependencies.cipher.encrypt(seed), self._units_of_work.clock.now()
            )
        if not begun:
            raise SecondFactorExists
        name = account.email or account.mobile or account.display_name
        return SecondFactorSetup(seed, pyotp.TOTP(seed).provisioning_uri(name=name, issuer_name=ISSUER))

    async def setup_of(self, account_id: UUID) -> SecondFactorSetup | None:
        """The setup that waits for its first code."""
        async with self._dependencies.store.sessions() as session:
            account = await AccountRepository(session).get(account_id)
            found = await SecondFactorRepository(session).of(account_id)
        if account is None or found is None or found.confirmed_at is not None:
            return None
        seed = self._dependencies.cipher.decrypt(found.sealed_seed)
        name = account.email or account.mobile or account.display_name
        return SecondFactorSetup(seed, pyotp.TOTP(seed).provisioning_uri(name=name, issuer_name=ISSUER))

    async def confirm(
        self, actor: Actor, account_id: UUID, password: str, code: str, origin: Origin
    ) -> tuple[list[str], NewSession]:
        """The app's first code: from now on it is asked for. Every other session of the account ends. Returns the
        recovery codes, which are shown this once, and the present session's new token.

        Raises:
            SecondFactorMissing: nothing was begun.
            Unauthenticated: the present session has ended meanwhile.
            SecondFactorRefused, WrongPassword, TooManyAttempts, ThrottleUnavailable.
        """
        account = await self._reauthenticated(actor, account_id, password)
        await self._dependencies.throttle.enforce(reauthentication_rules(actor))
        async with self._dependencies.store.locked_account(
            account_id, seen=account, otherwise=_wrong_password()
        ) as session:
            rows = SecondFactorRepository(session)
            found = await rows.of(account_id, lock=True)
            if found is None or found.confirmed_at is not None:
                raise SecondFactorMissing
            step = self._step_of(found.sealed_seed, code, found.last_step)
            if step is None:
                raise SecondFactorRefused(fields={"code": SecondFactorRefused.text})
            found.confirmed_at, found.last_step = self._units_of_work.clock.now(), step
            codes = await self._new_recovery_codes(rows, account_id)
            renewed = await self._credentials_replaced(session, account_id, actor)
        await self._notify(account, Notice.SECOND_FACTOR_ADDED, "second_factor.enabled", origin)
        return codes, renewed

    async def renew_recovery_codes(
        self, actor: Actor, account_id: UUID, password: str, code: str, origin: Origin
    ) -> list[str]:
        """New recovery codes; the old ones are void. Raises like `remove`."""
        account = await self._reauthenticated(actor, account_id, password)
        await self.prove(account_id, code, origin, reauthentication_rules(actor))
        async with self._dependencies.store.locked_account(
            account_id, seen=account, otherwise=_wrong_password()
        ) as session:
            codes = await self._new_recovery_codes(SecondFactorRepository(session), account_id)
        await self._notify(account, Notice.RECOVERY_CODES_RENEWED, "second_factor.recovery_codes_renewed", origin)
        return codes

    async def remove(self, actor: Actor, account_id: UUID, password: str, code: str, origin: Origin) -> NewSession:
        """Ask for no code any more. Every other session of the account ends, the present one goes on under a new token.

        Raises:
            SecondFactorMandatory: the account is headquarters' or an owner's.
            WrongPassword, SecondFactorRefused, SecondFactorMissing, TooManyAttempts, ThrottleUnavailable.
        """
        if await self._mandatory(account_id):
            raise SecondFactorMandatory
        account = await self._reauthenticated(actor, account_id, password)
        await self.prove(account_id, code, origin, reauthentication_rules(actor))
        async with self._dependencies.store.locked_account(
            account_id, seen=account, otherwise=_wrong_password()
        ) as session:
            await SecondFactorRepository(session).remove(account_id)
            renewed = await self._credentials_replaced(session, account_id, actor)
        await self._notify(account, Notice.SECOND_FACTOR_REMOVED, "second_factor.disabled", origin)
        return renewed

    async def reset(self, account: Account, origin: Origin) -> None:
        """Remove a lost second factor on somebody's authority: every session ends, the owner is notified."""
        async with self._dependencies.store.locked_account(account.id, otherwise=NotFound()) as session:
            if not await SecondFactorRepository(session).remove(account.id):
                raise SecondFactorMissing
            await self._dependencies.store.replace_credentials(session, account.id)
        await self._notify(account, Notice.SECOND_FACTOR_RESET, "second_factor.reset", origin)

    async def in_use(self, account_id: UUID) -> bool:
        """Whether a code is asked for at sign-in."""
        async with self._dependencies.store.sessions() as session:
            found = await SecondFactorRepository(session).of(account_id)
        return found is not None and found.confirmed_at is not None

    async def prove(self, account_id: UUID, code: str, origin: Origin, rules: Sequence[AnyRule]) -> Proof:
        """Take a code of the app, or a recovery code, once. Wrong ones count against the `rules`.

        Raises:
            SecondFactorMissing: the account has none.
            SecondFactorRefused: wrong, or used before.
            TooManyAttempts, ThrottleUnavailable.
        """
        tried = new_attempt()
        await self._dependencies.throttle.enforce(rules, name=tried)
        recovered = False
        async with self._dependencies.store.sessions.begin() as session:
            rows = SecondFactorRepository(session)
            found = await rows.of(account_id, lock=True)
            if found is None or found.confirmed_at is None:
                raise SecondFactorMissing
            step = self._step_of(found.sealed_seed, code, found.last_step)
            if step is not None:
                found.last_step = step
            else:
                recovered = await rows.use_recovery_code(account_id, code_hash(code), self._units_of_work.clock.now())
        if step is None and not recovered:
            await self._audit("second_factor.refused", account_id, origin)
            raise SecondFactorRefused(fields={"code": SecondFactorRefused.text})
        await self._dependencies.throttle.take_back(rules, tried)
        if recovered:
            await self._audit("second_factor.recovery_code_used", account_id, origin)
        return Proof(account_id)

    async def prove_if_required(
        self, account: Account, code: str, origin: Origin, browser: str | None = None
    ) -> Proof | None:
        """The proof by `code`, where one is asked for; None where the account has no second factor. `browser` is known.

        Raises:
            SecondFactorNeeded: there is one, and no `code`.
            SecondFactorRefused, TooManyAttempts, ThrottleUnavailable.
        """
        if not await self.in_use(account.id):
            return None
        if not code:
            raise SecondFactorNeeded(account)
        rules = second_factor_rules(str(account.id), origin.network, browser)
        return await self.prove(account.id, code, origin, rules)

    async def pending_sign_in(self, account: Account) -> str:
        """A token for somebody whose password was right and whose code is still to come.

        Raises:
            SignInRefused: the password has been replaced since.
        """
        return await self._dependencies.store.create_single_use_link(account, PURPOSE, CODE_ENTRY_LIFETIME, alone=False)

    async def pending_account(self, token: str) -> Account | None:
        """The account behind the token of a pending sign-in; None when it is used, expired or unknown."""
        async with self._dependencies.store.sessions() as session:
            found = await AccountRepository(session).token_account(
                PURPOSE, token_hash(token), self._units_of_work.clock.now()
            )
        return found if found is not None and found.disabled_at is None else None

    async def use_pending(self, token: str, account: Account) -> bool:
        """Take the token of `pending_sign_in`, once; `account` is as it was when the code was looked at.

        Raises:
            SignInRefused: something has been replaced since.
        """
        async with self._dependencies.store.locked_account(account.id, seen=account) as session:
            taken = await AccountRepository(session).take_token(
                PURPOSE, token_hash(token), self._units_of_work.clock.now()
            )
        return taken is not None

    def _step_of(self, sealed_seed: str, code: str, last_step: int) -> int | None:
        """The time step whose code this is, if it may still be taken."""
        digits = "".join(code.split())
        totp = pyotp.TOTP(self._dependencies.cipher.decrypt(sealed_seed))
        present = int(self._units_of_work.clock.now().timestamp()) // STEP_SECONDS
        for step in range(present - ACCEPTED_DRIFT_STEPS, present + ACCEPTED_DRIFT_STEPS + 1):
            moment = datetime.fromtimestamp(step * STEP_SECONDS, tz=self._units_of_work.clock.now().tzinfo)
            if secrets.compare_digest(totp.at(moment).encode(), digits.encode()) and step > last_step:
                return step
        return None

    async def _mandatory(self, account_id: UUID) -> bool:
        if not self._dependencies.second_factor_required:
            return False
        async with self._dependencies.store.sessions() as session:
            memberships = await AccountRepository(session).memberships(account_id)
        return any(needs_second_factor(each.tenant_id, each.client_id, each.roles) for each in memberships)

    async def _reauthenticated(self, actor: Actor, account_id: UUID, password: str) -> Account:
        rules, tried = reauthentication_rules(actor), new_attempt()
        await self._dependencies.throttle.enforce(rules, name=tried)
        async with self._dependencies.store.sessions() as session:
            account = await AccountRepository(session).get(account_id)
        if account is None or not await self._dependencies.passwords.verify(account.password_hash, password):
            raise _wrong_password()
        await self._dependencies.throttle.take_back(rules, tried)
        return account

    async def _credentials_replaced(self, session: AsyncSession, account_id: UUID, actor: Actor) -> NewSession:
        renewed = await self._dependencies.store.replace_credentials(session, account_id, renewed=actor.session_id)
        if renewed is None:
            raise Unauthenticated
        return renewed

    async def _new_recovery_codes(self, rows: SecondFactorRepository, account_id: UUID) -> list[str]:
        codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
        hashes = [(self._dependencies.store.new_id(), code_hash(code)) for code in codes]
        await rows.replace_recovery_codes(account_id, hashes, self._units_of_work.clock.now())
        return codes

    async def _audit(self, action: str, account_id: UUID, origin: Origin) -> None:
        async with self._units_of_work.begin(Actor.system(HQ_TENANT_ID), origin) as work:
            work.audit(action, "account", account_id)

    async def _notify(self, account: Account, notice: Notice, action: str, origin: Origin) -> None:
        """Write the audit entry, and notify the account's owner, who may not have done it."""
        async with self._units_of_work.begin(Actor.system(HQ_TENANT_ID), origin) as work:
            work.audit(action, "account", account.id)
            if account.email is not None:
                message = notice_message(
                    notice,
                    address=account.email,
                    name=account.display_name,
                    language=account.language,
                    reference=f"{action}:{self._dependencies.store.new_id()}",
                )
                await self._dependencies.messages.send_email(work, message)


def _wrong_password() -> WrongPassword:
    return WrongPassword(fields={"password": WrongPassword.text})


def code_hash(code: str) -> str:
    """A recovery code has 79 bits and is typed with or without its hyphens, in either case."""
    return token_hash("".join(sign for sign in code.lower() if sign in _ALPHABET))


def _recovery_code() -> str:
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS))

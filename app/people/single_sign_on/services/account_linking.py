"""A member's first sign-in by the provider: they prove once by their own means that it is them.

The provider says that somebody has the member's address. That is not enough to hand over what the member may: whoever
runs the provider can say it of any address. So the password is asked, with the second factor; whoever has none, because
a former provider let them in, gets a code by mail.
"""

import hmac
import secrets
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select

from app.people.identity import (
    Account,
    AccountRepository,
    AccountToken,
    IdentityDependencies,
    Notice,
    SignInRefused,
    code_message,
    login_name,
    notice_message,
    reset_rules,
    second_factor_rules,
    token_hash,
)
from app.people.identity.web_interface import SecondFactors, SignIn, SignInContext
from app.people.single_sign_on.errors import LinkCodeRefused, SignOnRefused
from app.people.single_sign_on.schemas import ProofMethod, VerifiedIdentity
from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.unit_of_work import Origin, UnitOfWorkFactory

PURPOSE: Final = "sign_on_link"
LIFETIME: Final = timedelta(minutes=10)


class AccountLinking:
    """Opens its own transactions. `former` is the account that the member has had until now."""

    def __init__(self, units_of_work: UnitOfWorkFactory, dependencies: IdentityDependencies) -> None:
        self._units_of_work = units_of_work
        self._dependencies = dependencies
        self._sign_in = SignIn(units_of_work, dependencies)
        self._factors = SecondFactors(units_of_work, dependencies)

    async def proof_method(self, former: UUID) -> ProofMethod:
        """How the member can prove who they are."""
        return (
            ProofMethod.SIGN_IN if (await self._account(former)).password_hash is not None else ProofMethod.EMAILED_CODE
        )

    async def prove(
        self, former: UUID, identity: VerifiedIdentity, context: SignInContext, *, password: str, code: str
    ) -> Account:
        """The former account, as it was when somebody was recognised as its owner.

        Raises:
            SignInRefused, SecondFactorNeeded, SecondFactorRefused: not the password, or not the code.
            LinkCodeRefused: not the e-mailed code.
            TooManyAttempts, ThrottleUnavailable.
        """
        account = await self._account(former)
        if account.password_hash is None:
            await self._prove_by_emailed_code(former, identity, code, context.origin)
            return account
        recognised = await self._sign_in.recognise(login_name(account.email or account.mobile or ""), password, context)
        if recognised.id != former:
            raise SignInRefused
        await self._factors.prove_if_required(recognised, code, context.origin)
        return recognised

    async def send_code(self, former: UUID, identity: VerifiedIdentity, origin: Origin) -> None:
        """Mail six digits to the member's address; they count for this subject alone.

        Raises:
            SignOnRefused: what the account signs in with has been replaced meanwhile.
            TooManyAttempts, ThrottleUnavailable.
        """
        await self._dependencies.throttle.enforce(reset_rules(identity.email, origin.network))
        account, code = await self._account(former), f"{secrets.randbelow(1_000_000):06}"
        row_id, now = self._dependencies.store.new_id(), self._units_of_work.clock.now()
        async with self._dependencies.store.locked_account(former, seen=account, otherwise=SignOnRefused()) as session:
            await AccountRepository(session).end_tokens(former, PURPOSE, now)
            session.add(
                AccountToken(
                    id=row_id,
                    account_id=former,
                    purpose=PURPOSE,
                    token_hash=_hash(row_id, identity, code),
                    created_at=now,
                    expires_at=now + LIFETIME,
                    address=identity.email,
                )
            )
        async with self._units_of_work.begin(Actor.system(HQ_TENANT_ID), origin) as work:
            message = code_message(
                address=identity.email,
                name=account.display_name,
                code=code,
                lifetime=LIFETIME,
                language=account.language,
                reference=f"sign_on_link:{row_id}",
            )
            await self._dependencies.messages.send_email(work, message)

    async def notify(self, account: Account, origin: Origin) -> None:
        """Notify the owner of the former account, who may not have done it."""
        if account.email is None:
            return
        async with self._units_of_work.begin(Actor.system(HQ_TENANT_ID), origin) as work:
            message = notice_message(
                Notice.SIGN_ON_LINKED,
                address=account.email,
                name=account.display_name,
                language=account.language,
                reference=f"single_sign_on.member_linked:{self._dependencies.store.new_id()}",
            )
            await self._dependencies.messages.send_email(work, message)

    async def _prove_by_emailed_code(self, former: UUID, identity: VerifiedIdentity, code: str, origin: Origin) -> None:
        await self._dependencies.throttle.enforce(second_factor_rules(str(former), origin.network, None))
        now = self._units_of_work.clock.now()
        async with self._dependencies.store.locked_account(former, otherwise=SignOnRefused()) as session:
            sent = await session.scalar(
                select(AccountToken)
                .where(
                    AccountToken.account_id == former,
                    AccountToken.purpose == PURPOSE,
                    AccountToken.used_at.is_(None),
                    AccountToken.expires_at > now,
                    AccountToken.address == identity.email,
                )
                .with_for_update()
            )
            typed = _hash(sent.id, identity, "".join(code.split())) if sent is not None else ""
            if sent is None or not hmac.compare_digest(sent.token_hash, typed):
                raise LinkCodeRefused(fields={"code": LinkCodeRefused.text})
            sent.used_at = now

    async def _account(self, former: UUID) -> Account:
        async with self._dependencies.store.sessions() as session:
            account = await AccountRepository(session).get(former)
        if account is None or account.disabled_at is not None:
            raise SignOnRefused
        return account


def _hash(row_id: UUID, identity: VerifiedIdentity, code: str) -> str:
    return token_hash(f"{row_id}:{identity.provider_id}:{identity.subject}:{code}")

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

from app.identity import Account, AccountToken, IdentityParts, token_hash
from app.identity.errors import SignInRefused
from app.identity.messages import Notice, code_message, notice_message
from app.identity.names import login_name
from app.identity.repository import AccountRepository
from app.identity.services.second_factor import SecondFactors
from app.identity.services.sign_in import Attempt, SignIn
from app.identity.throttling import reset_rules, second_factor_rules
from app.kernel.actor import HQ_TENANT_ID, Actor
from app.kernel.work import Origin, Works
from app.single_sign_on.errors import LinkCodeRefused, SignOnRefused
from app.single_sign_on.schemas import Vouched, Way

PURPOSE: Final = "sign_on_link"
LIFETIME: Final = timedelta(minutes=10)


class Linking:
    """Opens its own transactions. `former` is the account that the member has had until now."""

    def __init__(self, works: Works, parts: IdentityParts) -> None:
        self._works = works
        self._parts = parts
        self._sign_in = SignIn(works, parts)
        self._factors = SecondFactors(works, parts)

    async def way(self, former: UUID) -> Way:
        """How the member can prove who they are."""
        return Way.SIGN_IN if (await self._account(former)).password_hash is not None else Way.LETTER

    async def prove(self, former: UUID, vouched: Vouched, attempt: Attempt, *, password: str, code: str) -> Account:
        """The former account, as it was when somebody was recognised as its owner.

        Raises:
            SignInRefused, SecondFactorNeeded, SecondFactorRefused: not the password, or not the code.
            LinkCodeRefused: not the e-mailed code.
            TooManyAttempts, ThrottleUnavailable.
        """
        account = await self._account(former)
        if account.password_hash is None:
            await self._prove_by_letter(former, vouched, code, attempt.origin)
            return account
        recognised = await self._sign_in.recognise(login_name(account.email or account.mobile or ""), password, attempt)
        if recognised.id != former:
            raise SignInRefused
        await self._factors.asked(recognised, code, attempt.origin)
        return recognised

    async def send_code(self, former: UUID, vouched: Vouched, origin: Origin) -> None:
        """Mail six digits to the member's address; they count for this subject alone.

        Raises:
            SignOnRefused: what the account signs in with has been replaced meanwhile.
            TooManyAttempts, ThrottleUnavailable.
        """
        await self._parts.throttle.enforce(reset_rules(vouched.email, origin.network))
        account, code = await self._account(former), f"{secrets.randbelow(1_000_000):06}"
        row_id, now = self._parts.store.new_id(), self._works.clock.now()
        async with self._parts.store.held(former, seen=account, otherwise=SignOnRefused()) as session:
            await AccountRepository(session).end_tokens(former, PURPOSE, now)
            session.add(
                AccountToken(
                    id=row_id,
                    account_id=former,
                    purpose=PURPOSE,
                    token_hash=_hash(row_id, vouched, code),
                    created_at=now,
                    expires_at=now + LIFETIME,
                    address=vouched.email,
                )
            )
        async with self._works.begin(Actor.system(HQ_TENANT_ID), origin) as work:
            message = code_message(
                address=vouched.email,
                name=account.display_name,
                code=code,
                lifetime=LIFETIME,
                language=account.language,
                reference=f"sign_on_link:{row_id}",
            )
            await self._parts.messages.send_email(work, message)

    async def tell(self, account: Account, origin: Origin) -> None:
        """Notify the owner of the former account, who may not have done it."""
        if account.email is None:
            return
        async with self._works.begin(Actor.system(HQ_TENANT_ID), origin) as work:
            message = notice_message(
                Notice.SIGN_ON_LINKED,
                address=account.email,
                name=account.display_name,
                language=account.language,
                reference=f"single_sign_on.member_linked:{self._parts.store.new_id()}",
            )
            await self._parts.messages.send_email(work, message)

    async def _prove_by_letter(self, former: UUID, vouched: Vouched, code: str, origin: Origin) -> None:
        await self._parts.throttle.enforce(second_factor_rules(str(former), origin.network, None))
        now = self._works.clock.now()
        async with self._parts.store.held(former, otherwise=SignOnRefused()) as session:
            sent = await session.scalar(
                select(AccountToken)
                .where(
                    AccountToken.account_id == former,
                    AccountToken.purpose == PURPOSE,
                    AccountToken.used_at.is_(None),
                    AccountToken.expires_at > now,
                    AccountToken.address == vouched.email,
                )
                .with_for_update()
            )
            typed = _hash(sent.id, vouched, "".join(code.split())) if sent is not None else ""
            if sent is None or not hmac.compare_digest(sent.token_hash, typed):
                raise LinkCodeRefused(fields={"code": LinkCodeRefused.text})
            sent.used_at = now

    async def _account(self, former: UUID) -> Account:
        async with self._parts.store.sessions() as session:
            account = await AccountRepository(session).get(former)
        if account is None or account.disabled_at is not None:
            raise SignOnRefused
        return account


def _hash(row_id: UUID, vouched: Vouched, code: str) -> str:
    return token_hash(f"{row_id}:{vouched.provider_id}:{vouched.subject}:{code}")

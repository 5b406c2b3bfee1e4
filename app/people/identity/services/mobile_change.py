"""Another mobile number for an account: a code by SMS proves that it is theirs, a letter tells the owner.

The number is a name to sign in with, so the present password is asked. The answer is the same whoever has the number.
"""

import hmac
import secrets
from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.people.identity.dependencies import IdentityDependencies
from app.people.identity.errors import AddressTaken, MobileCodeRefused, MobileUnavailable, WrongPassword
from app.people.identity.messages import Notice, notice_message
from app.people.identity.models import Account, AccountToken, Membership
from app.people.identity.repository import AccountRepository
from app.people.identity.services.membership_contacts import update_membership_contacts
from app.people.identity.services.sign_in import account_of
from app.people.identity.throttling import reauthentication_rules, reset_rules
from app.people.identity.tokens import token_hash
from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.contact_details import ContactDetailInvalid, normalise_mobile
from app.platform.kernel.errors import Invalid, NotFound
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import Origin, UnitOfWorkFactory

PURPOSE: Final = "mobile_change"
LIFETIME: Final = timedelta(minutes=10)


class MobileChanges:
    """Opens its own transactions: an account stands outside the tenants. Audit entries and messages are written in
    headquarters' tenant, the platform operator's."""

    def __init__(self, units_of_work: UnitOfWorkFactory, dependencies: IdentityDependencies) -> None:
        self._units_of_work = units_of_work
        self._dependencies = dependencies

    async def ask(self, actor: Actor, password: str, number: str, origin: Origin) -> None:
        """Send six digits to the new number. Nothing changes before they are typed.

        Raises:
            MobileUnavailable: this installation sends no SMS.
            WrongPassword
            Invalid: no mainland mobile number.
            TooManyAttempts, ThrottleUnavailable.
        """
        if not self._dependencies.sms_offered:
            raise MobileUnavailable
        account_id = account_of(actor)
        await self._dependencies.throttle.enforce(reauthentication_rules(actor))
        async with self._dependencies.store.sessions() as session:
            account = await AccountRepository(session).get(account_id)
        if account is None or not await self._dependencies.passwords.verify(account.password_hash, password):
            raise WrongPassword(fields={"password": WrongPassword.text})
        try:
            wanted = normalise_mobile(number)
        except ContactDetailInvalid as error:
            raise Invalid(fields={"mobile": N_("请填写 11 位手机号。")}) from error
        await self._dependencies.throttle.enforce(reset_rules(wanted, origin.network))
        async with self._dependencies.store.sessions() as session:
            taken = await session.scalar(select(Account.id).where(Account.mobile == wanted)) is not None
        if taken:
            return
        code = f"{secrets.randbelow(1_000_000):06}"
        row_id, now = self._dependencies.store.new_id(), self._units_of_work.clock.now()
        wrong = WrongPassword(fields={"password": WrongPassword.text})
        async with self._dependencies.store.locked_account(account_id, seen=account, otherwise=wrong) as session:
            await AccountRepository(session).end_tokens(account_id, PURPOSE, now)
            session.add(
                AccountToken(
                    id=row_id,
                    account_id=account_id,
                    purpose=PURPOSE,
                    token_hash=token_hash(f"{row_id}:{code}"),
                    created_at=now,
                    expires_at=now + LIFETIME,
                    address=wanted,
                )
            )
        async with self._units_of_work.begin(Actor.system(HQ_TENANT_ID), origin) as work:
            work.audit("mobile_number.change_requested", "account", account_id)
            await self._dependencies.messages.send_code(work, wanted, code, account.language, f"mobile_change:{row_id}")

    async def confirm(self, actor: Actor, code: str, origin: Origin) -> None:
        """Make the number the account's.

        Raises:
            MobileCodeRefused: wrong, used, or too old.
            AddressTaken: somebody else has become its owner meanwhile.
            TooManyAttempts, ThrottleUnavailable.
        """
        account_id = account_of(actor)
        await self._dependencies.throttle.enforce(reauthentication_rules(actor))
        now = self._units_of_work.clock.now()
        try:
            async with self._dependencies.store.locked_account(account_id, otherwise=NotFound()) as session:
                asked = await session.scalar(
                    select(AccountToken)
                    .where(
                        AccountToken.account_id == account_id,
                        AccountToken.purpose == PURPOSE,
                        AccountToken.used_at.is_(None),
                        AccountToken.expires_at > now,
                    )
                    .with_for_update()
                )
                typed = token_hash(f"{asked.id}:{code.strip()}") if asked is not None else ""
                if asked is None or not hmac.compare_digest(asked.token_hash, typed):
                    raise MobileCodeRefused(fields={"code": MobileCodeRefused.text})
                account = await session.get_one(Account, account_id)
                before, account.mobile = account.mobile, asked.address
                asked.used_at = now
                await session.flush()
                await self._dependencies.store.replace_name(session, account_id)
        except IntegrityError as error:
            raise AddressTaken from error
        await update_membership_contacts(
            self._units_of_work,
            self._dependencies.store,
            account.id,
            Membership.mobile,
            before=before,
            now=account.mobile,
        )
        async with self._units_of_work.begin(Actor.system(HQ_TENANT_ID), origin) as work:
            work.audit("mobile_number.changed", "account", account_id)
            if account.email is not None:
                message = notice_message(
                    Notice.MOBILE_CHANGED,
                    address=account.email,
                    name=account.display_name,
                    language=account.language,
                    reference=f"mobile_number.changed:{self._dependencies.store.new_id()}",
                )
                await self._dependencies.messages.send_email(work, message)

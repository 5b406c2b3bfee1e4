"""Another e-mail address for an account: a link to the new one proves ownership, a notice goes to the old one.

The old address gets a link too, with which its owner undoes the change for a week: whoever had taken the account over
would otherwise have it for good. Of several such links the oldest is the strongest: it ends all that came after it.
"""

from datetime import timedelta
from typing import Final

from sqlalchemy.exc import IntegrityError

from app.people.identity.dependencies import IdentityDependencies
from app.people.identity.errors import AddressLinkClosed, AddressTaken, SignInRefused, WrongPassword
from app.people.identity.login_names import account_email
from app.people.identity.messages import email_change_message, email_changed_message
from app.people.identity.models import Account, Membership
from app.people.identity.repository import AccountRepository
from app.people.identity.services.membership_contacts import update_membership_contacts
from app.people.identity.services.sign_in import account_of
from app.people.identity.sessions import EMAIL_UNDO
from app.people.identity.throttling import link_rules, reauthentication_rules, reset_rules
from app.people.identity.tokens import token_hash
from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.contact_details import ContactDetailInvalid
from app.platform.kernel.errors import Invalid
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import Origin, UnitOfWorkFactory

CHANGE: Final = "email_change"
UNDO: Final = EMAIL_UNDO
CHANGE_LIFETIME: Final = timedelta(hours=24)
UNDO_LIFETIME: Final = timedelta(days=7)


class EmailChanges:
    """Opens its own transactions: an account stands outside the tenants. Audit entries and messages are written in
    headquarters' tenant, the platform operator's."""

    def __init__(self, units_of_work: UnitOfWorkFactory, dependencies: IdentityDependencies) -> None:
        self._units_of_work = units_of_work
        self._dependencies = dependencies

    async def ask(self, actor: Actor, password: str, address: str, origin: Origin) -> None:
        """Mail a link to the new address. Nothing changes before it is used, and the answer is the same if the address
        belongs to somebody else: then it is its owner who hears of it, and no link exists.

        Raises:
            WrongPassword
            Invalid: no address.
            TooManyAttempts, ThrottleUnavailable.
        """
        account_id = account_of(actor)
        await self._dependencies.throttle.enforce(reauthentication_rules(actor))
        async with self._dependencies.store.sessions() as session:
            account = await AccountRepository(session).get(account_id)
        if account is None or not await self._dependencies.passwords.verify(account.password_hash, password):
            raise WrongPassword(fields={"password": WrongPassword.text})
        try:
            wanted = account_email(address)
        except ContactDetailInvalid as error:
            raise Invalid(fields={"email": N_("请填写一个邮箱地址。")}) from error
        await self._dependencies.throttle.enforce(reset_rules(wanted, origin.network))
        if wanted == account.email or await self._taken(wanted):
            return
        try:
            token = await self._dependencies.store.create_single_use_link(
                account, CHANGE, CHANGE_LIFETIME, address=wanted
            )
        except SignInRefused as error:
            raise WrongPassword(fields={"password": WrongPassword.text}) from error
        async with self._units_of_work.begin(Actor.system(HQ_TENANT_ID), origin) as work:
            work.audit("email_address.change_requested", "account", account_id)
            message = email_change_message(
                address=wanted,
                name=account.display_name,
                link=self._address_of(token),
                lifetime=CHANGE_LIFETIME,
                language=account.language,
                reference=f"email_change:{self._dependencies.store.new_id()}",
            )
            await self._dependencies.messages.send_email(work, message)

    async def preview(self, token: str, origin: Origin) -> str:
        """The address that the link makes the account's; opening it uses nothing up.

        Raises:
            AddressLinkClosed, TooManyAttempts, ThrottleUnavailable.
        """
        await self._dependencies.throttle.enforce(link_rules(origin.network))
        async with self._dependencies.store.sessions() as session:
            found = await AccountRepository(session).link(
                (CHANGE, UNDO), token_hash(token), self._units_of_work.clock.now()
            )
        if found is None:
            raise AddressLinkClosed
        return found.address

    async def finish(self, token: str, origin: Origin) -> None:
        """Make it the account's address. Undoing ends every session and token of the account, and its password's use: a
        new one is set by a reset link.

        Raises:
            AddressLinkClosed: wrong, used, or too old.
            AddressTaken: somebody else has become its owner meanwhile.
            TooManyAttempts, ThrottleUnavailable.
        """
        await self._dependencies.throttle.enforce(link_rules(origin.network))
        now = self._units_of_work.clock.now()
        store = self._dependencies.store
        async with store.sessions() as session:
            found = await AccountRepository(session).link((CHANGE, UNDO), token_hash(token), now)
        if found is None:
            raise AddressLinkClosed
        try:
            async with store.locked_account(found.account_id, otherwise=AddressLinkClosed()) as session:
                accounts = AccountRepository(session)
                link = await accounts.use_link((CHANGE, UNDO), token_hash(token), now)
                if link is None:
                    raise AddressLinkClosed
                account = await session.get_one(Account, link.account_id)
                before, account.email = account.email, link.address
                undone = link.purpose == UNDO
                if undone:
                    account.password_hash = None
                    await accounts.end_tokens(account.id, UNDO, now, since=link.created_at)
                await session.flush()
                if undone:
                    await store.replace_credentials(session, account.id, allows_api_tokens=True)
                else:
                    await store.replace_name(session, account.id)
                undo = ""
                if before and not undone:
                    undo = store.add_link(session, account.id, UNDO, UNDO_LIFETIME, address=before)
        except IntegrityError as error:
            raise AddressTaken from error
        await update_membership_contacts(
            self._units_of_work, store, account.id, Membership.email, before=before, now=account.email
        )
        async with self._units_of_work.begin(Actor.system(HQ_TENANT_ID), origin) as work:
            work.audit("email_address.change_undone" if undone else "email_address.changed", "account", account.id)
            if before:
                message = email_changed_message(
                    address=before,
                    name=account.display_name,
                    link=self._address_of(undo) if undo else "",
                    lifetime=UNDO_LIFETIME,
                    language=account.language,
                    reference=f"email_changed:{self._dependencies.store.new_id()}",
                )
                await self._dependencies.messages.send_email(work, message)

    async def _taken(self, address: str) -> bool:
        async with self._dependencies.store.sessions() as session:
            return await AccountRepository(session).has_email(address)

    def _address_of(self, token: str) -> str:
        return f"{self._dependencies.public_address}/email-links/{token}"

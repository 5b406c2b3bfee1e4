"""People with passwords, and the mail they get."""

import re
from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest
from sqlalchemy import select

from app.people.identity import PasswordHashing
from app.people.identity.repository import AccountRepository
from app.platform.kernel.actor import Actor
from app.platform.kernel.runtime import Runtime
from app.platform.notifications.models import Delivery
from tests.factories.network import Network

PASSWORD = "a lantern over the harbour"

WithPassword = Callable[[Actor], Awaitable[str]]
LinkTo = Callable[[UUID, str], Awaitable[str]]


@pytest.fixture(scope="module")
def with_password(runtime: Runtime, network: Network) -> WithPassword:
    """Give an actor's account `PASSWORD`; the account's e-mail address comes back."""

    async def give(actor: Actor) -> str:
        assert actor.account_id
        hashed = await PasswordHashing(runtime.settings.password_memory_kibibytes).hash(PASSWORD)
        async with network.signin.sessions.begin() as session:
            accounts = AccountRepository(session)
            await accounts.set_password(actor.account_id, hashed)
            account = await accounts.get(actor.account_id)
        assert account
        assert account.email
        return account.email

    return give


@pytest.fixture(scope="module")
def link_to(runtime: Runtime) -> LinkTo:
    """The newest link that a tenant mailed to an address, without the host."""

    async def find(tenant_id: UUID, address: str) -> str:
        async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
            texts = await work.session.scalars(
                select(Delivery.text).where(Delivery.address == address).order_by(Delivery.id.desc())
            )
            text = texts.first()
        found = re.search(r"http://127\.0\.0\.1:8000(/\S+)", text or "")
        assert found, f"no link for {address}"
        return found[1]

    return find

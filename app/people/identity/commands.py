"""The platform operator's command: resetting a lost second factor."""

from app.people.identity.dependencies import IdentityDependencies
from app.people.identity.login_names import login_name
from app.people.identity.repository import AccountRepository
from app.people.identity.services.second_factor import SecondFactors
from app.platform.kernel.errors import UnknownName
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import Origin, UnitOfWorkFactory


async def reset_second_factor(units_of_work: UnitOfWorkFactory, dependencies: IdentityDependencies, name: str) -> None:
    """Take away the second factor of the account with this address or number, which has lost telephone and recovery
    codes. Make sure first who asks. Every session of the account ends, and its owner gets a letter.

    Raises:
        NotFound: no such account.
        SecondFactorMissing: it has none.
    """
    async with dependencies.store.sessions() as session:
        account = await AccountRepository(session).by_login_name(login_name(name))
    if account is None:
        raise UnknownName(word=name, kind=N_("账号"))
    await SecondFactors(units_of_work, dependencies).reset(account, Origin(None, None))

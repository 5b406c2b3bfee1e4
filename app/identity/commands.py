"""The platform operator's command: resetting a lost second factor."""

from app.identity.names import login_name
from app.identity.parts import IdentityParts
from app.identity.repository import AccountRepository
from app.identity.services.second_factor import SecondFactors
from app.kernel.errors import NotCalledSo
from app.kernel.texts import N_
from app.kernel.work import Origin, Works


async def reset_second_factor(works: Works, parts: IdentityParts, name: str) -> None:
    """Take away the second factor of the account with this address or number, which has lost telephone and recovery
    codes. Make sure first who asks. Every session of the account ends, and its owner gets a letter.

    Raises:
        NotFound: no such account.
        SecondFactorMissing: it has none.
    """
    async with parts.store.sessions() as session:
        account = await AccountRepository(session).named(login_name(name))
    if account is None:
        raise NotCalledSo(word=name, kind=N_("账号"))
    await SecondFactors(works, parts).reset(account, Origin(None, None))

"""From a draft to what both sides agreed: offered, accepted, or taken back."""

from uuid import UUID

from app.platform.kernel.counters import Period, next_number
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.contracts.models import Contract, ContractVersion
from billing.contracts.permissions import ContractPermission
from billing.contracts.problems import require_no_problems
from billing.contracts.records import add_version, contract_view, locked_contract, open_version, today_of
from billing.contracts.schemas import ContractAcceptance, ContractReturn, ContractView
from billing.contracts.states import (
    BEFORE_SIGNING,
    CONTRACT_MACHINE,
    VERSION_MACHINE,
    ContractMove,
    VersionMove,
)
from billing.contracts.versions import terms_of

PREFIX = "HT"


class ContractAgreement:
    """Agreeing on the version of a contract that is open: its first one, an amendment or a renewal.

    Raises:
        Forbidden: without `contract:write`.
    """

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(ContractPermission.CONTRACT_WRITE)
        self._work = work

    async def offer(self, contract_id: UUID, version: int) -> ContractView:
        """Give the draft to the client; from now on its terms do not change. The first offer takes the number.

        Raises:
            NotFound, StaleVersion, ContractMoveRefused, ContractVersionMoveRefused.
            ContractTermsWrong: naming everything that is to be put right.
        """
        contract, opened = await self._opened(contract_id, version)
        await offer_version(self._work, contract, opened)
        return await contract_view(self._work, contract_id)

    async def accept(self, contract_id: UUID, wanted: ContractAcceptance) -> ContractView:
        """The client has signed on paper.

        Raises:
            NotFound, StaleVersion, ContractMoveRefused, ContractVersionMoveRefused.
        """
        contract, opened = await self._opened(contract_id, wanted.version)
        await accept_version(self._work, contract, opened, wanted.accepted_by)
        return await contract_view(self._work, contract_id)

    async def take_back(self, contract_id: UUID, wanted: ContractReturn) -> ContractView:
        """The client declined, or the offer is withdrawn. What was offered stays as it was; a new draft begins with its
        terms.

        Raises:
            NotFound, StaleVersion, ContractMoveRefused, ContractVersionMoveRefused.
        """
        contract, opened = await self._opened(contract_id, wanted.version)
        await take_back_version(self._work, contract, opened, declined=wanted.declined, reason=wanted.reason)
        return await contract_view(self._work, contract_id)

    async def _opened(self, contract_id: UUID, version: int) -> tuple[Contract, ContractVersion]:
        contract = await locked_contract(self._work, contract_id, version)
        return contract, await open_version(self._work, contract_id)


async def offer_version(work: UnitOfWork, contract: Contract, opened: ContractVersion) -> None:
    """The draft is the client's to answer; whoever calls holds the contract's lock.

    Raises:
        ContractMoveRefused, ContractVersionMoveRefused, ContractTermsWrong.
    """
    opened.state = VERSION_MACHINE.after(VersionMove.OFFER, opened.state)
    _move(contract, ContractMove.OFFER)
    await require_no_problems(work, contract, terms_of(opened.terms), opened.effective_from)
    contract.version += 1
    work.audit("contract.offered", "contract", contract.id, number=opened.number, digest=opened.digest)
    if contract.number is None:
        contract.number = await next_number(work.session, work.actor, PREFIX, today_of(work, contract), Period.YEAR)
    await work.session.flush()


async def accept_version(work: UnitOfWork, contract: Contract, opened: ContractVersion, accepted_by: str) -> None:
    """The client agreed to what was offered; whoever calls holds the contract's lock.

    Raises:
        ContractMoveRefused, ContractVersionMoveRefused.
    """
    opened.state = VERSION_MACHINE.after(VersionMove.ACCEPT, opened.state)
    opened.accepted_by, opened.accepted_at = accepted_by, work.now
    _move(contract, ContractMove.ACCEPT)
    contract.version += 1
    work.audit("contract.accepted", "contract", contract.id, number=opened.number, digest=opened.digest)
    await work.session.flush()


async def take_back_version(
    work: UnitOfWork, contract: Contract, opened: ContractVersion, *, declined: bool, reason: str
) -> None:
    """What was offered ends, and a new draft begins with its terms; whoever calls holds the contract's lock.

    Raises:
        ContractMoveRefused, ContractVersionMoveRefused.
    """
    move = VersionMove.DECLINE if declined else VersionMove.WITHDRAW
    opened.state = VERSION_MACHINE.after(move, opened.state)
    _move(contract, ContractMove.TAKE_BACK)
    await work.session.flush()
    draft = await add_version(work, contract, terms_of(opened.terms), opened.effective_from, opened.reason)
    if contract.state in BEFORE_SIGNING:
        contract.current_version_id = draft.id
    contract.version += 1
    work.audit(
        "contract.declined" if declined else "contract.withdrawn",
        "contract",
        contract.id,
        number=opened.number,
        reason=reason,
    )
    await work.session.flush()


def _move(contract: Contract, move: ContractMove) -> None:
    """A contract that runs stays as it is while its amendment is agreed."""
    if contract.state in BEFORE_SIGNING:
        contract.state = CONTRACT_MACHINE.after(move, contract.state)

"""From a draft to what both sides agreed: offered, accepted, or taken back."""

from app.platform.kernel.counters import Period, next_number
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.contracts.agreement.papers import show_standing
from billing.contracts.models import Contract, ContractVersion
from billing.contracts.problems import require_no_problems
from billing.contracts.records import add_version, today_of
from billing.contracts.states import (
    BEFORE_SIGNING,
    CONTRACT_MACHINE,
    VERSION_MACHINE,
    ContractMove,
    VersionMove,
)
from billing.contracts.versions import terms_of

PREFIX = "HT"


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
    await show_standing(work, contract)


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
    await show_standing(work, contract)


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
    await show_standing(work, contract)


def _move(contract: Contract, move: ContractMove) -> None:
    """A contract that runs stays as it is while its amendment is agreed."""
    if contract.state in BEFORE_SIGNING:
        contract.state = CONTRACT_MACHINE.after(move, contract.state)

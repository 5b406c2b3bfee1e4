"""Copies of a contract in the client's ring: the paper that is offered, the one that was agreed, and where it stands.

Whoever calls holds the contract's lock.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.people.approvals import ApprovalState
from app.people.approvals.models import Approval
from app.platform.documents import up_to_date
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.contracts.agreement.content import Acceptance, AcceptedHow, ContractContent, content_of
from billing.contracts.agreement.document import AGREED_CONTRACT, OFFERED_CONTRACT
from billing.contracts.agreement.models import AgreedContract, ContractStanding, OfferedContract
from billing.contracts.models import Contract, ContractVersion

OFFER_KIND = "contract_version"
MILESTONE_KIND = "contract_milestone"
"""The approval's kind of record: what a client's people decide about is a version."""


async def freeze_offer(
    work: UnitOfWork, contract: Contract, version: ContractVersion, answer_until: datetime
) -> OfferedContract:
    """The paper of the version, as it is put before the client."""

    async def compose(number: str, edition: int) -> ContractContent:
        return await content_of(work, contract, version, number=number, edition=edition)

    columns = {
        "client_id": contract.client_id,
        "contract_id": contract.id,
        "version_id": version.id,
        "answer_until": answer_until,
    }
    return await up_to_date(work, OFFERED_CONTRACT, columns, compose, number=contract.number)


async def freeze_agreement(work: UnitOfWork, contract: Contract, version: ContractVersion) -> AgreedContract:
    """The paper of the version that comes into force, with whoever said yes to it."""
    acceptance = await _acceptance(work, version)

    async def compose(number: str, edition: int) -> ContractContent:
        return await content_of(work, contract, version, number=number, edition=edition, acceptance=acceptance)

    columns = {
        "client_id": contract.client_id,
        "contract_id": contract.id,
        "version_id": version.id,
        "effective_from": version.effective_from,
        "digest": version.digest,
    }
    return await up_to_date(work, AGREED_CONTRACT, columns, compose, number=contract.number)


async def show_standing(work: UnitOfWork, contract: Contract) -> None:
    """Where the contract stands now, for the client; nothing before the client has seen something of it."""
    if contract.number is None:
        return
    values = {
        "number": contract.number,
        "title": contract.title,
        "state": contract.state,
        "from_day": contract.from_day,
        "until_day": contract.until_day,
        "changed_at": work.now,
    }
    await work.session.execute(
        insert(ContractStanding)
        .values(
            tenant_id=work.tenant_id,
            id=work.new_id(),
            client_id=contract.client_id,
            contract_id=contract.id,
            **values,
        )
        .on_conflict_do_update(index_elements=["tenant_id", "contract_id"], set_=values)
    )


async def offer_of(work: UnitOfWork, version: ContractVersion) -> OfferedContract | None:
    """The paper of the version that was put before the client."""
    found: OfferedContract | None = await work.session.scalar(
        select(OfferedContract).where(OfferedContract.version_id == version.id)
    )
    return found


async def _acceptance(work: UnitOfWork, version: ContractVersion) -> Acceptance:
    given = await work.session.scalar(
        select(Approval).where(
            Approval.subject_kind == OFFER_KIND,
            Approval.subject_id == version.id,
            Approval.state == ApprovalState.APPROVED,
        )
    )
    offer = await offer_of(work, version)
    if given is not None:
        how = AcceptedHow.LINK if given.decided_by_email else AcceptedHow.PORTAL
    else:
        how = AcceptedHow.PAPER if version.accepted_by else AcceptedHow.RENEWAL
    return Acceptance(
        accepted_by=version.accepted_by,
        accepted_at=version.accepted_at or work.now,
        how=how,
        offer_hash=offer.content_hash if offer is not None else "",
    )

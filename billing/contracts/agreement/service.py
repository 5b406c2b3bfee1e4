"""Agreeing with the client on the version of a contract that is open: its first one, an amendment or a renewal."""

from uuid import UUID

from app.people.approvals import LinkRecipient, Verdict, decide, send_link
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.contracts.agreement.consent import CONTRACT_OFFER, ask_no_more, put_before_client
from billing.contracts.agreement.errors import OfferChanged, OfferClosed
from billing.contracts.agreement.permissions import AgreementPermission
from billing.contracts.agreement.reading import ClientContracts, waiting_offer
from billing.contracts.agreement.schemas import (
    ANSWER_DAYS,
    ClientContractView,
    OfferAnswer,
    OfferLinkCreate,
)
from billing.contracts.models import Contract, ContractVersion
from billing.contracts.permissions import ContractPermission
from billing.contracts.records import contract_view, locked_contract, open_version
from billing.contracts.schemas import ContractAcceptance, ContractReturn, ContractView
from billing.contracts.services.agreement import accept_version, offer_version, take_back_version


class ContractAgreement:
    """What the company's own people do until both sides agreed.

    Raises:
        Forbidden: without `contract:write`.
    """

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(ContractPermission.CONTRACT_WRITE)
        self._work = work

    async def offer(self, contract_id: UUID, version: int, answer_days: int = ANSWER_DAYS) -> ContractView:
        """Put the draft before the client: from now on its terms do not change, and its paper waits for an answer in
        the portal. The first offer takes the number.

        Raises:
            NotFound, StaleVersion, ContractMoveRefused, ContractVersionMoveRefused.
            ContractTermsWrong: naming everything that is to be put right.
        """
        contract, opened = await self._opened(contract_id, version)
        await offer_version(self._work, contract, opened)
        await put_before_client(self._work, contract, opened, answer_days)
        return await contract_view(self._work, contract_id)

    async def send_link(self, contract_id: UUID, to: OfferLinkCreate, *, public_url: str) -> None:
        """Have a person of the client's answer by a link, who has no account: used once, and worth nothing as soon as
        somebody has answered or the offer was taken back.

        Raises:
            NotFound, ApprovalMoveRefused, OwnRequest, ContactDetailInvalid.
        """
        contract = await locked_contract(self._work, contract_id)
        opened = await open_version(self._work, contract.id)
        recipient = LinkRecipient(to.name, to.email)
        await send_link(self._work, CONTRACT_OFFER, opened.id, recipient, public_url=public_url)

    async def accept(self, contract_id: UUID, wanted: ContractAcceptance) -> ContractView:
        """The client has signed on paper.

        Raises:
            NotFound, StaleVersion, ContractMoveRefused, ContractVersionMoveRefused.
        """
        contract, opened = await self._opened(contract_id, wanted.version)
        await accept_version(self._work, contract, opened, wanted.accepted_by)
        await ask_no_more(self._work, opened.id)
        return await contract_view(self._work, contract_id)

    async def take_back(self, contract_id: UUID, wanted: ContractReturn) -> ContractView:
        """The client declined, or the offer is withdrawn. What was offered stays as it was; a new draft begins with its
        terms.

        Raises:
            NotFound, StaleVersion, ContractMoveRefused, ContractVersionMoveRefused.
        """
        contract, opened = await self._opened(contract_id, wanted.version)
        await take_back_version(self._work, contract, opened, declined=wanted.declined, reason=wanted.reason)
        await ask_no_more(self._work, opened.id)
        return await contract_view(self._work, contract_id)

    async def _opened(self, contract_id: UUID, version: int) -> tuple[Contract, ContractVersion]:
        contract = await locked_contract(self._work, contract_id, version)
        return contract, await open_version(self._work, contract_id)


async def answer_offer(work: UnitOfWork, contract_id: UUID, answer: OfferAnswer) -> ClientContractView:
    """The client's approver says yes or no to exactly the paper that was shown.

    Raises:
        Forbidden: without `contract:accept`, or by an API token.
        NotFound: no such contract for this actor.
        OfferClosed: nothing waits: answered by somebody else, taken back, or out of time.
        OfferChanged: another paper waits than the one that was shown.
        DeclineReasonMissing: a no without a reason.
    """
    work.actor.require(AgreementPermission.CONTRACT_ACCEPT)
    contracts = ClientContracts(work)
    await contracts.get(contract_id)
    offer = await waiting_offer(work, contract_id)
    if offer is None:
        raise OfferClosed
    if offer.content_hash != answer.content_hash:
        raise OfferChanged
    verdict = Verdict.APPROVE if answer.accept else Verdict.DECLINE
    await decide(work, CONTRACT_OFFER, offer.version_id, verdict, reason=answer.reason)
    return await contracts.get(contract_id)

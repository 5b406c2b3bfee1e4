"""A company's application to join: anonymous, with verified addresses; answers reveal nothing about other companies."""

from app.people.identity import new_token, token_hash
from app.platform.kernel.columns import view_of
from app.platform.kernel.counters import next_number
from app.platform.kernel.errors import NotFound
from app.platform.kernel.time_source import platform_day
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.notifications import ChannelName, send
from tenants.context import Command, elevated
from tenants.partners.application_rules import check_application
from tenants.partners.lifecycle import ApplicationState, TransitionKind
from tenants.partners.messages import received_message
from tenants.partners.models import PartnerApplication, PartnerTransition
from tenants.partners.repository import PartnerRepository
from tenants.partners.schemas import (
    ApplicationCreate,
    ApplicationReceipt,
    ApplicationStatus,
    CompanyDetails,
    ContactDetails,
)
from tenants.partners.services.verification import AddressVerification, SignUpSettings

NUMBER_PREFIX = "SQ"
STATUS_PATH = "/join/status/"


class PartnerApplications:
    """The applicant's side: apply, and read the application's status."""

    def __init__(self, work: UnitOfWork, installation: SignUpSettings) -> None:
        self._work = work
        self._installation = installation

    async def apply(self, application: ApplicationCreate) -> ApplicationReceipt:
        """Hand an application to headquarters.

        Nothing is looked up about other companies here: duplicates show when a reviewer looks, so that neither answer
        nor time tells who else exists.

        Raises:
            ApplicationInvalid: naming every field at fault.
            CodeRefused: an address is not verified.
            TooManyAttempts: too many codes were guessed.
        """
        work, language = self._work, self._work.actor.language
        company, contact = check_application(_company_of(application), _contact_of(application), language)
        async with elevated(work, Command.VERIFY_ADDRESS):
            verification = AddressVerification(work, self._installation)
            await verification.redeem(ChannelName.EMAIL, contact.email, application.email_code, field="email_code")
            if self._installation.sms_offered:
                await verification.redeem(ChannelName.SMS, contact.mobile, application.mobile_code, field="mobile_code")
        async with elevated(work, Command.APPLY_FOR_PARTNERSHIP):
            return await self._file(company, contact)

    async def status(self, token: str) -> ApplicationStatus:
        """Where the application behind a status link stands.

        Raises:
            NotFound: no application has this token.
        """
        async with elevated(self._work, Command.FOLLOW_APPLICATION):
            found = await PartnerRepository(self._work.session).application_by_token(token_hash(token))
        if found is None:
            raise NotFound
        rejected = found.state == ApplicationState.REJECTED
        return ApplicationStatus(
            number=found.number,
            state=found.state,
            legal_name=found.legal_name,
            submitted_at=found.submitted_at,
            decided_at=found.decided_at,
            reason=found.decision_reason if rejected else "",
        )

    async def _file(self, company: CompanyDetails, contact: ContactDetails) -> ApplicationReceipt:
        work = self._work
        day = platform_day(work.now)
        application_id, token = work.new_id(), new_token()
        number = await next_number(work.session, work.actor, NUMBER_PREFIX, day)
        work.session.add(
            PartnerApplication(
                tenant_id=work.tenant_id,
                id=application_id,
                number=number,
                state=ApplicationState.APPLIED,
                legal_name=company.legal_name,
                credit_code=company.credit_code,
                city_code=company.city_code,
                contact_name=contact.contact_name,
                mobile=contact.mobile,
                email=contact.email,
                slug=company.slug,
                plan=company.plan,
                hotline=company.hotline,
                introduction=company.introduction,
                language=work.actor.language,
                mobile_verified=self._installation.sms_offered,
                status_token_hash=token_hash(token),
                submitted_at=work.now,
            )
        )
        work.session.add(
            PartnerTransition(
                tenant_id=work.tenant_id,
                id=work.new_id(),
                subject_id=application_id,
                kind=TransitionKind.APPLICATION,
                before="",
                after=ApplicationState.APPLIED,
                reason="",
                actor_name=contact.contact_name,
                occurred_at=work.now,
            )
        )
        work.audit("application.submitted", "partner_application", application_id)
        await send(
            work,
            received_message(
                contact.email,
                work.actor.language,
                number=number,
                contact=contact.contact_name,
                company=company.legal_name,
                link=f"{self._installation.public_url}{STATUS_PATH}{token}",
            ),
        )
        return ApplicationReceipt(number=number, status_token=token)


def _company_of(application: ApplicationCreate) -> CompanyDetails:
    return view_of(CompanyDetails, application)


def _contact_of(application: ApplicationCreate) -> ContactDetails:
    return ContactDetails(contact_name=application.contact_name, mobile=application.mobile, email=application.email)

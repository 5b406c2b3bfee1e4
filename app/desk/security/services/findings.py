"""What becomes of findings: each has one ticket of the desk, or a reason why nothing is done."""

from typing import Final
from uuid import UUID

from sqlalchemy import select

from app.agreements.sla import Impact, Urgency
from app.assets.devices.models import Device
from app.desk.security.models import SecurityCheck, SecurityFinding
from app.desk.security.permissions import SecurityPermission
from app.desk.security.schemas import FindingDismissal, SecurityFindingView
from app.desk.security.services.reading import findings_where
from app.desk.security.services.subscribers import CATEGORY
from app.desk.security.states import FINDING_NAMES, SECURITY_FINDING, FindingKind, FindingMove
from app.desk.tickets import Channel, TicketCreate, TicketCreation
from app.platform.kernel.errors import NotFound
from app.platform.kernel.texts import SOURCE_LANGUAGE, translator
from app.platform.kernel.unit_of_work import UnitOfWork

_URGENT: Final = frozenset({FindingKind.VIRUS, FindingKind.UNPROTECTED})


class SecurityFindings:
    """Findings that the actor may see.

    Raises:
        Forbidden: without `security_week:write`, and while the company is suspended.
    """

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(SecurityPermission.SECURITY_WEEK_WRITE)
        work.require_writable()
        self._work = work

    async def to_ticket(self, finding_id: UUID) -> SecurityFindingView:
        """The finding with its ticket, which is made by the desk's own service the first time; a second call finds it.

        Raises:
            Forbidden: without `ticket:create`.
            NotFound: no such finding for this actor.
            FindingMoveRefused: it was dismissed.
            NoServiceTerms: the client has no service level.
        """
        work = self._work
        finding = await self._locked(finding_id)
        if finding.ticket_id is None:
            state = SECURITY_FINDING.after(FindingMove.TICKET, finding.state)
            made = await TicketCreation(work).create(await self._fault(finding), Channel.ENGINEER)
            finding.state, finding.ticket_id = state, made.id
            finding.decided_by_name = work.actor.display_name
            finding.version += 1
            work.audit("security_finding.ticket_created", "security_finding", finding.id, ticket=made.number)
            await work.session.flush()
        return await self._view(finding_id)

    async def dismiss(self, finding_id: UUID, given: FindingDismissal) -> SecurityFindingView:
        """Nothing is done about it.

        Raises:
            NotFound: no such finding for this actor.
            FindingMoveRefused: it has a ticket, or was dismissed before.
        """
        work = self._work
        finding = await self._locked(finding_id)
        finding.state = SECURITY_FINDING.after(FindingMove.DISMISS, finding.state)
        finding.reason, finding.decided_by_name = given.reason, work.actor.display_name
        finding.version += 1
        work.audit("security_finding.dismissed", "security_finding", finding.id)
        await work.session.flush()
        return await self._view(finding_id)

    async def _fault(self, finding: SecurityFinding) -> TicketCreate:
        """The ticket's words are the company's: they are written once, in the source language."""
        _ = translator(SOURCE_LANGUAGE)
        kind = FindingKind(finding.kind)
        device = (await self._work.session.scalars(select(Device).where(Device.id == finding.device_id))).one()
        check = await self._work.session.scalar(
            select(SecurityCheck).where(
                SecurityCheck.week_id == finding.week_id, SecurityCheck.device_id == finding.device_id
            )
        )
        said = []
        if check is not None and kind is FindingKind.VIRUS:
            said += [_("病毒事件 %(count)s 次", count=check.virus_events or 0), check.virus_names]
        if check is not None and kind is FindingKind.OUTDATED:
            said.append(_("病毒库日期 %(day)s", day=check.definitions_on))
        if check is not None and kind is FindingKind.UNPATCHED:
            said.append(_("缺少补丁 %(count)s 个", count=check.missing_patches or 0))
        return TicketCreate(
            subject=_("%(finding)s：%(device)s", finding=_(FINDING_NAMES[kind]), device=device.number),
            client_id=finding.client_id,
            device_id=finding.device_id,
            description=_("来自防病毒周报。") + "\n" + "\n".join(filter(None, said)),
            service_category=CATEGORY,
            product_category=device.category,
            impact=Impact.LOW,
            urgency=Urgency.HIGH if kind in _URGENT else Urgency.MEDIUM,
        )

    async def _locked(self, finding_id: UUID) -> SecurityFinding:
        finding = await self._work.session.scalar(
            select(SecurityFinding)
            .where(SecurityFinding.id == finding_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        if finding is None:
            raise NotFound
        return finding

    async def _view(self, finding_id: UUID) -> SecurityFindingView:
        return (await findings_where(self._work, SecurityFinding.id == finding_id))[0]

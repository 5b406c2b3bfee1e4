"""Agreements with clients and admissions of engineers (C4).

Days are those of Asia/Shanghai; an agreement or pass is valid through its last day.
"""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.assets.clients.models import Client
from app.desk.confidentiality import schemas
from app.desk.confidentiality.errors import AgreementInvalid
from app.desk.confidentiality.models import ConfidentialityAgreement, EngineerAdmission
from app.desk.engineers.models import Engineer
from app.platform.kernel.errors import NotFound, StaleVersion
from app.platform.kernel.row_scope import WHOLE_TENANT
from app.platform.kernel.texts import N_
from app.platform.kernel.time_source import platform_day
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission

EXPIRES_SOON_WITHIN: Final = timedelta(days=30)
"""How long before its end a pass is shown as expiring."""
MOST_ROWS: Final = 500


class ConfidentialityService:
    """Written by staff, read by a client's people for their own company; enforced by the database."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    @property
    def today(self) -> date:
        return platform_day(self._work.now)

    async def agreements(self, client_id: UUID) -> list[schemas.Agreement]:
        """A client's agreements, the newest first.

        Raises:
            Forbidden, NotFound: no such client for this actor.
        """
        await self._require_client(client_id)
        rows = await self._work.session.scalars(
            select(ConfidentialityAgreement)
            .where(ConfidentialityAgreement.client_id == client_id)
            .order_by(ConfidentialityAgreement.signed_on.desc(), ConfidentialityAgreement.id)
            .limit(MOST_ROWS)
        )
        return [self._to_view(row) for row in rows]

    async def add_agreement(self, client_id: UUID, wanted: schemas.AgreementCreate) -> schemas.Agreement:
        """
        Raises:
            AgreementInvalid: naming the fields.
            Forbidden, NotFound: no such client for this actor.
        """
        self._work.actor.require(Permission.CLIENT_WRITE)
        self._work.require_writable()
        await self._require_client(client_id)
        row = ConfidentialityAgreement(
            tenant_id=self._work.tenant_id,
            id=self._work.new_id(),
            client_id=client_id,
            created_at=self._work.now,
            version=1,
            ended_on=None,
            **_checked(wanted),
        )
        self._work.session.add(row)
        self._work.audit("confidentiality_agreement.created", "client", client_id, agreement=row.id)
        return self._to_view(row)

    async def change_agreement(
        self, client_id: UUID, agreement_id: UUID, wanted: schemas.AgreementUpdate
    ) -> schemas.Agreement:
        """
        Raises:
            AgreementInvalid: naming the fields.
            Forbidden, NotFound, StaleVersion.
        """
        self._work.actor.require(Permission.CLIENT_WRITE)
        self._work.require_writable()
        row = await self._work.session.scalar(
            select(ConfidentialityAgreement)
            .where(ConfidentialityAgreement.client_id == client_id, ConfidentialityAgreement.id == agreement_id)
            .with_for_update()
        )
        if row is None:
            raise NotFound
        if row.version != wanted.version:
            raise StaleVersion
        for field, value in _checked(wanted).items():
            setattr(row, field, value)
        row.ended_on = wanted.ended_on
        row.version += 1
        self._work.audit("confidentiality_agreement.changed", "client", client_id, agreement=row.id)
        return self._to_view(row)

    async def admissions(self, client_id: UUID) -> list[schemas.Admission]:
        """A client's admissions, ended ones too, by engineer name.

        Raises:
            Forbidden, NotFound: no such client for this actor.
        """
        await self._require_client(client_id)
        return await self._admissions(EngineerAdmission.client_id == client_id)

    async def expiring(self) -> list[schemas.Admission]:
        """Passes that end within 30 days or have ended, of all clients that the actor sees; the first to end first."""
        self._work.actor.require(Permission.CLIENT_READ)
        found = await self._admissions(
            EngineerAdmission.badge_expires_on <= self.today + EXPIRES_SOON_WITHIN, EngineerAdmission.ended_on.is_(None)
        )
        return sorted(found, key=lambda each: each.badge_expires_on or date.max)

    async def admit(self, client_id: UUID, engineer_id: UUID, wanted: schemas.AdmissionUpdate) -> schemas.Admission:
        """Record the engineer's admission, or its end.

        Raises:
            AgreementInvalid: naming the fields.
            Forbidden, StaleVersion.
            NotFound: no such client or engineer.
        """
        work = self._work
        work.actor.require(Permission.CLIENT_WRITE)
        work.require_writable()
        await self._require_client(client_id)
        if await work.session.scalar(select(Engineer.id).where(Engineer.id == engineer_id)) is None:
            raise NotFound
        if wanted.badge_expires_on is not None and wanted.badge_expires_on < wanted.admitted_on:
            raise AgreementInvalid(fields={"badge_expires_on": N_("到期日不能早于准入日。")})
        row = await work.session.scalar(
            select(EngineerAdmission)
            .where(EngineerAdmission.client_id == client_id, EngineerAdmission.engineer_id == engineer_id)
            .with_for_update()
        )
        if (row.version if row is not None else 0) != wanted.version:
            raise StaleVersion
        if row is None:
            row = EngineerAdmission(
                tenant_id=work.tenant_id, id=work.new_id(), client_id=client_id, engineer_id=engineer_id, version=0
            )
            work.session.add(row)
        row.admitted_on, row.pledged_on, row.ended_on = wanted.admitted_on, wanted.pledged_on, wanted.ended_on
        row.badge_number, row.badge_expires_on = wanted.badge_number.strip(), wanted.badge_expires_on
        row.version += 1
        work.audit(
            "admission.changed",
            "client",
            client_id,
            engineer=engineer_id,
            ended=wanted.ended_on is not None,
        )
        await work.session.flush()
        (view,) = await self._admissions(EngineerAdmission.id == row.id)
        return view

    async def _admissions(self, *conditions: ColumnElement[bool]) -> list[schemas.Admission]:
        rows = await self._work.session.execute(
            select(EngineerAdmission, Engineer.display_name, Client.short_name)
            .outerjoin(
                Engineer,
                and_(Engineer.tenant_id == EngineerAdmission.tenant_id, Engineer.id == EngineerAdmission.engineer_id),
            )
            .outerjoin(
                Client, and_(Client.tenant_id == EngineerAdmission.tenant_id, Client.id == EngineerAdmission.client_id)
            )
            .where(*conditions)
            .order_by(Engineer.display_name, EngineerAdmission.id)
            .limit(MOST_ROWS)
        )
        today = self.today
        return [
            schemas.Admission(
                row.client_id,
                client or "",
                row.engineer_id,
                engineer or "",
                row.admitted_on,
                row.pledged_on,
                row.badge_number,
                row.badge_expires_on,
                row.ended_on,
                row.admitted_on <= today
                and (row.ended_on is None or row.ended_on > today)
                and (row.badge_expires_on is None or row.badge_expires_on >= today),
                row.ended_on is None
                and row.badge_expires_on is not None
                and row.badge_expires_on <= today + EXPIRES_SOON_WITHIN,
                row.version,
            )
            for row, engineer, client in rows
        ]

    async def _require_client(self, client_id: UUID) -> None:
        self._work.actor.require(Permission.CLIENT_READ)
        if await self._work.session.scalar(select(Client.id).where(Client.id == client_id)) is None:
            raise NotFound

    def _to_view(self, row: ConfidentialityAgreement) -> schemas.Agreement:
        today = self.today
        return schemas.Agreement(
            row.id,
            row.title,
            row.signed_on,
            row.valid_until,
            row.client_signatory,
            row.partner_signatory,
            row.admission_required,
            row.remark,
            row.ended_on,
            row.signed_on <= today
            and (row.valid_until is None or row.valid_until >= today)
            and (row.ended_on is None or row.ended_on > today),
            row.version,
        )


async def not_admitted(
    session: AsyncSession, client_id: UUID, today: date, engineer_ids: Collection[UUID] | None = None
) -> set[UUID]:
    """The engineers (of `engineer_ids`, else of all) whom a client that requires admission has not admitted today.

    Read without the actor's row scope: the result is a rule, not a record.
    """
    agreement, admission = ConfidentialityAgreement, EngineerAdmission
    asks = exists().where(
        agreement.client_id == client_id,
        agreement.tenant_id == Engineer.tenant_id,
        agreement.admission_required,
        agreement.signed_on <= today,
        or_(agreement.valid_until.is_(None), agreement.valid_until >= today),
        or_(agreement.ended_on.is_(None), agreement.ended_on > today),
    )
    admitted = exists().where(
        admission.client_id == client_id,
        admission.tenant_id == Engineer.tenant_id,
        admission.engineer_id == Engineer.id,
        admission.admitted_on <= today,
        or_(admission.ended_on.is_(None), admission.ended_on > today),
        or_(admission.badge_expires_on.is_(None), admission.badge_expires_on >= today),
    )
    statement = select(Engineer.id).where(asks, ~admitted)
    if engineer_ids is not None:
        statement = statement.where(Engineer.id.in_(engineer_ids))
    return set(await session.scalars(statement, execution_options=WHOLE_TENANT))


def _checked(wanted: schemas.AgreementCreate) -> dict[str, Any]:
    """
    Raises:
        AgreementInvalid
    """
    problems = {}
    if not wanted.title.strip():
        problems["title"] = N_("请填写名称。")
    if wanted.valid_until is not None and wanted.valid_until < wanted.signed_on:
        problems["valid_until"] = N_("到期日不能早于签订日。")
    if problems:
        raise AgreementInvalid(fields=problems)
    texts: Sequence[str] = ("client_signatory", "partner_signatory", "remark")
    return {
        "title": wanted.title.strip(),
        "signed_on": wanted.signed_on,
        "valid_until": wanted.valid_until,
        "admission_required": wanted.admission_required,
        **{name: getattr(wanted, name).strip() for name in texts},
    }

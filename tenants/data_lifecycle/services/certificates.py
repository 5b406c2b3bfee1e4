"""Certificates of erasures, kept at headquarters."""

from uuid import UUID

import msgspec
from sqlalchemy import select

from app.platform.kernel.errors import NotFound
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission
from tenants.data_lifecycle.models import TenantErasure
from tenants.data_lifecycle.schemas import Certificate, SealedCertificate


class Certificates:
    """What headquarters shows when somebody asks what became of a partner's records."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    async def of_partner(self, partner_id: UUID) -> SealedCertificate:
        """The certificate of one partner.

        Raises:
            NotFound: nothing of this partner was erased (yet).
        """
        self._work.actor.require(Permission.PARTNER_READ)
        row = await self._work.session.scalar(
            select(TenantErasure).where(TenantErasure.id == partner_id, TenantErasure.finished_at.is_not(None))
        )
        if row is None:
            raise NotFound
        certificate = msgspec.convert(row.certificate, Certificate)
        return SealedCertificate(
            certificate=certificate, sha256=row.certificate_sha256, logs_erased_at=row.logs_erased_at
        )

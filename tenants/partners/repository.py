"""Queries on headquarters' records of applications and partners."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from tenants.models import Tenant
from tenants.partners.lifecycle import LISTED_STATES, ApplicationState, PartnerState
from tenants.partners.models import (
    Partner,
    PartnerApplication,
    PartnerAuthorisation,
    PartnerTerritory,
    PartnerTransition,
)

Entity = TypeVar("Entity")
Line = Row[*tuple[Any, ...]]
"""Selected columns, read by name."""
AnySelect = Select[*tuple[Any, ...]]

OPEN_APPLICATIONS = (ApplicationState.APPLIED, ApplicationState.APPROVED)
"""States in which an application can be somebody else's duplicate."""


class PartnerRepository:
    """Reads of one session, in whatever scope that session is."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def application(self, application_id: UUID, *, lock: bool = False) -> PartnerApplication | None:
        statement = select(PartnerApplication).where(PartnerApplication.id == application_id)
        return await self._session.scalar(_fresh(statement, lock=lock))

    async def application_by_token(self, token_hash: str) -> PartnerApplication | None:
        return await self._session.scalar(
            select(PartnerApplication).where(PartnerApplication.status_token_hash == token_hash)
        )

    async def waiting_applications(self, limit: int) -> Sequence[PartnerApplication]:
        """Those that nobody has decided, the oldest first."""
        waiting = select(PartnerApplication).where(PartnerApplication.state == ApplicationState.APPLIED)
        found = await self._session.scalars(
            waiting.order_by(PartnerApplication.submitted_at, PartnerApplication.id).limit(limit)
        )
        return found.all()

    async def resembling_applications(self, rows: Iterable[Any]) -> Sequence[Line]:
        """Living applications that share a credit code, slug or address with any of `rows` (themselves included)."""
        table, wanted = PartnerApplication, list(rows)
        statement = select(
            table.id,
            table.number,
            table.state,
            table.legal_name,
            table.credit_code,
            table.slug,
            table.email,
            table.partner_tenant_id,
        ).where(
            table.state.in_(OPEN_APPLICATIONS),
            or_(
                table.credit_code.in_({row.credit_code for row in wanted}),
                table.slug.in_({row.slug for row in wanted}),
                table.email.in_({row.email for row in wanted}),
            ),
        )
        return (await self._session.execute(statement.order_by(table.submitted_at, table.id))).all()

    async def resembling_partners(self, rows: Iterable[Any]) -> Sequence[Line]:
        """Partners that share a credit code or slug with any of `rows`."""
        wanted = list(rows)
        statement = select(Partner.id, Partner.slug, Partner.name, Partner.state, Partner.credit_code).where(
            or_(
                Partner.credit_code.in_({row.credit_code for row in wanted}),
                Partner.slug.in_({row.slug for row in wanted}),
            )
        )
        return (await self._session.execute(statement.order_by(Partner.authorised_at, Partner.id))).all()

    async def slug_is_taken(self, slug: str) -> bool:
        """By a partner, or by any tenant: headquarters has one too."""
        tenant = await self._session.scalar(select(Tenant.id).where(Tenant.slug == slug))
        partner = await self._session.scalar(select(Partner.id).where(Partner.slug == slug))
        return tenant is not None or partner is not None

    async def credit_code_is_taken(self, credit_code: str) -> bool:
        """By a partner whose records are there: a company that was erased may join again."""
        found = await self._session.scalar(
            select(Partner.id).where(Partner.credit_code == credit_code, Partner.state != PartnerState.ERASED).limit(1)
        )
        return found is not None

    async def partner(self, partner_id: UUID, *, lock: bool = False) -> Partner | None:
        statement = select(Partner).where(Partner.id == partner_id)
        return await self._session.scalar(_fresh(statement, lock=lock))

    async def erase_after(self, partner_id: UUID) -> datetime | None:
        """When the retention of a terminated partner ends."""
        return await self._session.scalar(select(Tenant.erase_after).where(Tenant.id == partner_id))

    async def serving(self, city_code: str) -> Sequence[Line]:
        """Partners with this city in their territory, best star level first."""
        statement = select(Partner.id, Partner.name, Partner.star_level, Partner.state)
        statement = _serving(statement, city_code).order_by(Partner.star_level.desc(), Partner.id)
        return (await self._session.execute(statement)).all()

    async def listed(
        self, *, city_code: str, category: str, after: tuple[int, UUID] | None, limit: int
    ) -> Sequence[Line]:
        """What the directory shows: best star level first, then those who joined first. Who has no hot-line to call
        yet is not shown."""
        statement = (
            select(
                Partner.id,
                Partner.slug,
                Partner.name,
                Partner.star_level,
                Partner.city_code,
                Partner.hotline,
                Partner.introduction,
            )
            .where(Partner.state.in_(LISTED_STATES), Partner.hotline != "")
            .order_by(Partner.star_level.desc(), Partner.id)
            .limit(limit)
        )
        if city_code:
            statement = _serving(statement, city_code)
        if category:
            statement = statement.join(
                PartnerAuthorisation,
                and_(
                    PartnerAuthorisation.tenant_id == Partner.tenant_id,
                    PartnerAuthorisation.partner_id == Partner.id,
                    PartnerAuthorisation.category_code == category,
                ),
            )
        if after:
            stars, partner_id = after
            statement = statement.where(
                or_(Partner.star_level < stars, and_(Partner.star_level == stars, Partner.id > partner_id))
            )
        return (await self._session.execute(statement)).all()

    async def listed_cities(self) -> list[str]:
        """Codes of the cities that listed partners serve."""
        statement = (
            select(PartnerTerritory.city_code)
            .join(
                Partner,
                and_(Partner.tenant_id == PartnerTerritory.tenant_id, Partner.id == PartnerTerritory.partner_id),
            )
            .where(Partner.state.in_(LISTED_STATES))
            .distinct()
            .order_by(PartnerTerritory.city_code)
        )
        return list((await self._session.scalars(statement)).all())

    async def territories(self, partner_ids: Iterable[UUID]) -> dict[UUID, list[str]]:
        """City codes by partner."""
        return await self._grouped(PartnerTerritory.partner_id, PartnerTerritory.city_code, partner_ids)

    async def authorisations(self, partner_ids: Iterable[UUID]) -> dict[UUID, list[str]]:
        """Category codes by partner."""
        return await self._grouped(PartnerAuthorisation.partner_id, PartnerAuthorisation.category_code, partner_ids)

    async def history(self, *subject_ids: UUID) -> Sequence[Line]:
        """Oldest first."""
        table = PartnerTransition
        statement = (
            select(table.kind, table.before, table.after, table.reason, table.actor_name, table.occurred_at)
            .where(table.subject_id.in_(subject_ids))
            .order_by(table.occurred_at, table.id)
        )
        return (await self._session.execute(statement)).all()

    async def _grouped(self, partner_id: Any, code: Any, partner_ids: Iterable[UUID]) -> dict[UUID, list[str]]:
        found: dict[UUID, list[str]] = {wanted: [] for wanted in partner_ids}
        statement = select(partner_id, code).where(partner_id.in_(found)).order_by(code)
        for owner, value in await self._session.execute(statement):
            found[owner].append(value)
        return found


def _fresh(statement: Select[Entity], *, lock: bool) -> Select[Entity]:
    """The row as it is now; with `lock` nobody else decides on it until this transaction ends."""
    return statement.with_for_update().execution_options(populate_existing=True) if lock else statement


def serves(city_code: str) -> ColumnElement[bool]:
    """Condition: the city is in the partner's territory."""
    return Partner.id.in_(select(PartnerTerritory.partner_id).where(PartnerTerritory.city_code == city_code))


def _serving(statement: AnySelect, city_code: str) -> AnySelect:
    """Only partners with this city in their territory."""
    return statement.join(
        PartnerTerritory,
        and_(
            PartnerTerritory.tenant_id == Partner.tenant_id,
            PartnerTerritory.partner_id == Partner.id,
            PartnerTerritory.city_code == city_code,
        ),
    )

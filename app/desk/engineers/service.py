"""Engineers' profiles: created from memberships, changed by the company's managers (E1)."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from app.agreements.catalogue import PRODUCT_CATEGORIES
from app.desk.engineers import models, schemas
from app.desk.engineers.errors import UNKNOWN_CATEGORY, ProfileInvalid
from app.desk.engineers.labels import ENGINEER_ROLES, EngineerLevel, EngineerState, SkillGrade
from app.people.identity import Membership
from app.platform.kernel.contact_details import ContactDetailInvalid, normalise_phone
from app.platform.kernel.errors import NotFound, StaleVersion
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission

_CATEGORIES = frozenset(category.code for category in PRODUCT_CATEGORIES)


class EngineerService:
    """Names and levels are readable in the whole tenant, skills by the partner only; enforced by the database."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    async def with_skills(self, rows: Sequence[models.Engineer]) -> list[schemas.EngineerView]:
        """These engineers, with their skills."""
        skills = await self._skills([row.id for row in rows])
        return [_to_view(row, skills.get(row.id, {})) for row in rows]

    async def list(self, state: EngineerState | None = EngineerState.ACTIVE) -> list[schemas.EngineerView]:
        """Engineers by name; `state` None means all.

        Raises:
            Forbidden: without `engineer:read`.
        """
        self._work.actor.require(Permission.ENGINEER_READ)
        statement = select(models.Engineer).order_by(models.Engineer.display_name, models.Engineer.id)
        if state is not None:
            statement = statement.where(models.Engineer.state == state)
        return await self.with_skills((await self._work.session.scalars(statement)).all())

    async def get(self, engineer_id: UUID) -> schemas.EngineerView:
        """
        Raises:
            Forbidden: without `engineer:read`.
            NotFound: no such engineer in this tenant.
        """
        self._work.actor.require(Permission.ENGINEER_READ)
        row = await self._work.session.scalar(select(models.Engineer).where(models.Engineer.id == engineer_id))
        if row is None:
            raise NotFound
        return _to_view(row, (await self._skills([engineer_id])).get(engineer_id, {}))

    async def update(self, engineer_id: UUID, data: schemas.EngineerUpdate) -> schemas.EngineerView:
        """Write level, phone, state and all skills.

        Raises:
            Forbidden: without `engineer:write`.
            ProfileInvalid: naming the fields at fault.
            StaleVersion: the profile was changed since.
            NotFound: no such engineer in this tenant.
        """
        work = self._work
        work.actor.require(Permission.ENGINEER_WRITE)
        phone = _checked_phone(data)
        changed = await work.session.scalar(
            update(models.Engineer)
            .where(models.Engineer.id == engineer_id, models.Engineer.version == data.version)
            .values(level=data.level.value, phone=phone, state=data.state.value, version=data.version + 1)
            .returning(models.Engineer.id)
            .execution_options(synchronize_session=False)
        )
        if changed is None:
            await self.get(engineer_id)
            raise StaleVersion
        await work.session.execute(delete(models.EngineerSkill).where(models.EngineerSkill.engineer_id == engineer_id))
        if data.skills:
            rows = [
                {
                    "tenant_id": work.tenant_id,
                    "id": work.new_id(),
                    "engineer_id": engineer_id,
                    "product_category": category,
                    "grade": grade.value,
                }
                for category, grade in data.skills.items()
            ]
            await work.session.execute(insert(models.EngineerSkill).values(rows))
        work.audit("engineer.changed", "engineer", engineer_id, level=data.level, state=data.state)
        return await self.get(engineer_id)

    async def _skills(self, engineer_ids: Sequence[UUID]) -> dict[UUID, dict[str, SkillGrade]]:
        skill = models.EngineerSkill
        rows = await self._work.session.execute(
            select(skill.engineer_id, skill.product_category, skill.grade)
            .where(skill.engineer_id.in_(engineer_ids))
            .order_by(skill.grade.desc(), skill.product_category)
        )
        found: dict[UUID, dict[str, SkillGrade]] = {}
        for engineer_id, category, grade in rows:
            found.setdefault(engineer_id, {})[category] = SkillGrade(grade)
        return found


async def sync_with_membership(work: UnitOfWork, membership_id: UUID) -> None:
    """Bring the engineer of a membership in line with its roles and state. Idempotent.

    A new engineer begins as junior. Without the role, or suspended, an engineer is inactive and keeps level and skills.
    """
    member = await work.session.scalar(select(Membership).where(Membership.id == membership_id))
    if member is None:
        return
    is_engineer = member.client_id is None and member.state == "active" and not ENGINEER_ROLES.isdisjoint(member.roles)
    state = EngineerState.ACTIVE if is_engineer else EngineerState.INACTIVE
    updated = await work.session.scalar(
        update(models.Engineer)
        .where(models.Engineer.id == membership_id)
        .values(display_name=member.display_name, state=state.value)
        .returning(models.Engineer.id)
        .execution_options(synchronize_session=False)
    )
    if updated is None and is_engineer:
        await work.session.execute(
            insert(models.Engineer)
            .values(
                tenant_id=work.tenant_id,
                id=membership_id,
                display_name=member.display_name,
                level=EngineerLevel.JUNIOR.value,
                phone=member.mobile,
            )
            .on_conflict_do_nothing(index_elements=["tenant_id", "id"])
        )


def _checked_phone(data: schemas.EngineerUpdate) -> str:
    faults = {}
    phone = data.phone.strip()
    try:
        phone = normalise_phone(phone) if phone else ""
    except ContactDetailInvalid as error:
        faults["phone"] = error.text
    if not data.skills.keys() <= _CATEGORIES:
        faults["skills"] = UNKNOWN_CATEGORY
    if faults:
        raise ProfileInvalid(fields=faults)
    return phone


def _to_view(row: models.Engineer, skills: dict[str, SkillGrade]) -> schemas.EngineerView:
    return schemas.EngineerView(
        id=row.id,
        display_name=row.display_name,
        level=EngineerLevel(row.level),
        phone=row.phone,
        state=EngineerState(row.state),
        version=row.version,
        skills=skills,
    )

"""First service levels of a new tenant: every starter calendar and policy, and a default assignment."""

from typing import Final

from app.agreements.sla import schemas
from app.agreements.sla.services.assignments import AssignmentService
from app.agreements.sla.services.calendars_and_policies import CalendarService, PolicyService
from app.agreements.sla.starter_templates import CALENDAR_TEMPLATES, POLICY_TEMPLATES
from app.platform.kernel.unit_of_work import UnitOfWork

DEFAULT_POLICY: Final = "office_hours"
"""[S3 §3.6]: the level of the desktop service plan."""


async def provision_service_levels(work: UnitOfWork) -> None:
    """Adopt the shipped templates. A tenant that has a default assignment is left as it is.

    Raises:
        Forbidden: for an actor other than the platform or who may write calendars.
    """
    assignments = AssignmentService(work)
    if any(each.client_id is None for each in await assignments.list()):
        return
    calendars, policies = CalendarService(work), PolicyService(work)
    calendar_ids = {
        template.code: (
            await calendars.create(
                schemas.CalendarCreate(name=template.name, calendar=template.calendar, template=template.code)
            )
        ).id
        for template in CALENDAR_TEMPLATES
    }
    for template in POLICY_TEMPLATES:
        made = await policies.create(schemas.PolicyCreate(policy=template.policy, template=template.code))
        if template.code == DEFAULT_POLICY:
            await assignments.assign(
                None,
                schemas.AssignmentUpdate(policy_id=made.id, calendar_id=calendar_ids[template.calendar_code]),
            )

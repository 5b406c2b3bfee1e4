"""What this area may say about an employee: a name in the words of an assessment, a reason or a bulletin."""

from typing import Any, Final

from app.desk.security.models import SecurityBulletin, SecurityFinding, SecurityWeek
from app.platform.kernel.personal_data import Person

_TEXTS: Final[tuple[tuple[Any, tuple[str, ...]], ...]] = (
    (SecurityWeek, ("assessment",)),
    (SecurityFinding, ("reason",)),
    (
        SecurityBulletin,
        ("summary", "industry_news", "urgent_notices", "virus_notices", "vulnerability_notices"),
    ),
)


async def erase(person: Person) -> dict[str, int]:
    """A pseudonym stands in the name's place."""
    changed = {}
    for table, names in _TEXTS:
        count = 0
        for name in names:
            column = getattr(table, name)
            named = (table.client_id == person.client_id, column.contains(person.name, autoescape=True))
            count += await person.change(table, named, **{name: person.without(column)})
        changed[table.__tablename__] = count
    return changed


async def tell(person: Person) -> dict[str, list[dict[str, Any]]]:
    """The weeks in whose assessment the person is named."""
    weeks = await person.rows(
        SecurityWeek.monday,
        SecurityWeek.assessment,
        where=(SecurityWeek.client_id == person.client_id,),
        order=SecurityWeek.monday,
    )
    return {"security_weeks": [week for week in weeks if person.name in week["assessment"]]}

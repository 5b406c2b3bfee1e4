"""What lists keep of an employee: saved views that look for them."""

from typing import Any

from sqlalchemy import String, cast, or_, select, update

from app.platform.kernel.personal_data import Person
from app.platform.lists.models import SavedView


async def erase(person: Person) -> dict[str, int]:
    """Names and filters of views lose the person's words."""
    words = [old for old, _ in person.words]
    if not words:
        return {"saved_view": 0}
    named = or_(
        *(SavedView.name.contains(word, autoescape=True) for word in words),
        *(cast(SavedView.query, String).contains(word, autoescape=True) for word in words),
    )
    rows = (await person.session.execute(select(SavedView.id, SavedView.query).where(named))).all()
    for view_id, query in rows:
        await person.session.execute(
            update(SavedView)
            .where(SavedView.id == view_id)
            .values(name=person.without(SavedView.name), query=person.replaced(query))
            .execution_options(synchronize_session=False)
        )
    return {"saved_view": len(rows)}


async def tell(_: Person) -> dict[str, list[dict[str, Any]]]:
    """What colleagues look for is not told."""
    return {}

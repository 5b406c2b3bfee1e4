"""What this area keeps of an employee: lists that may name them, for some weeks."""

from typing import Any

from sqlalchemy import or_, select

from app.platform.imports.models import ImportRun
from app.platform.imports.tasks import forget_lists
from app.platform.kernel.personal_data import Person


async def erase(person: Person) -> dict[str, int]:
    """Finished lists that may name the person are forgotten; those that wait lose the words in what they quote."""
    of_client = or_(ImportRun.client_id == person.client_id, ImportRun.client_id.is_(None))
    forgotten = await forget_lists(person.session, of_client)
    waiting = await person.session.scalars(select(ImportRun).where(of_client, ImportRun.finished_at.is_(None)))
    for run in waiting:
        run.issues, run.summary = person.replaced(run.issues), person.replaced(run.summary)
    await person.session.flush()
    return {"import_run": forgotten}


async def tell(_: Person) -> dict[str, list[dict[str, Any]]]:
    """What lists said of the person stands in the records that were made of them."""
    return {}

"""What this area keeps of an employee: drafts that name them. What was offered stays as it was read and decided."""

from typing import Any

from app.platform.kernel.personal_data import Person
from billing.quotes.models import Quote, QuoteLine, QuoteVersion


async def erase(person: Person) -> dict[str, int]:
    """Titles, words and lines lose the person's words."""
    found = {}
    for table, column in ((Quote, Quote.title), (QuoteVersion, QuoteVersion.words), (QuoteLine, QuoteLine.name)):
        named = (table.client_id == person.client_id, column.contains(person.name, autoescape=True))
        found[table.__tablename__] = await person.change(table, named, **{column.key: person.without(column)})
    return found


async def tell(_: Person) -> dict[str, list[dict[str, Any]]]:
    """What companies write to each other about work is not told."""
    return {}

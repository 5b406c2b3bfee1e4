"""What this area keeps of an employee: files that they sent, or that were made for what they reported."""

from typing import Any

from app.platform.files.models import StoredFile
from app.platform.kernel.personal_data import Person


async def erase(person: Person) -> dict[str, int]:
    """The files' names lose the person's words; what a photo shows is not found."""
    mine = person.of_reporter(StoredFile)
    return {"stored_file": await person.change(StoredFile, mine, name=person.without(StoredFile.name))}


async def tell(_: Person) -> dict[str, list[dict[str, Any]]]:
    """Files hang on reports, which are told."""
    return {}

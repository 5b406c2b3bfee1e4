"""Files of records as pages show them, for `file_strip` of the components."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID


def _staff_address(file_id: UUID | str) -> str:
    return f"/files/{file_id}"


def strip_item(
    file_id: UUID | str,
    name: str,
    size: int,
    taken_at: datetime | None,
    *,
    pictured: bool,
    address_of: Callable[[str], str] = _staff_address,
) -> dict[str, Any]:
    """One file; `size` in bytes, `taken_at` (UTC) as the camera says. Only what is `pictured` has a small copy."""
    address = address_of(str(file_id))
    return {
        "href": address,
        "name": name,
        "size": size,
        "taken_at": taken_at,
        "thumbnail": f"{address}/thumbnail" if pictured else "",
    }


def strip_of_details(
    details: Mapping[str, Any], address_of: Callable[[str], str] = _staff_address
) -> list[dict[str, Any]]:
    """The files of a timeline's entry; `address_of` says where a reader of the page reads them."""
    return [
        strip_item(
            file["id"],
            file["name"],
            file["size"],
            _time(file.get("taken_at")),
            pictured=file["thumbnail"],
            address_of=address_of,
        )
        for file in details.get("files", ())
    ]


def _time(stated: str | None) -> datetime | None:
    """Entries from before photos kept their time have none."""
    return datetime.fromisoformat(stated) if stated else None

"""The public directory: authorised partners by city and category (N4) [S1 §17]."""

import base64
import binascii
from uuid import UUID

import msgspec

from app.platform.kernel.columns import view_of
from app.platform.kernel.errors import Invalid
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from tenants.partners.application_rules import known_categories
from tenants.partners.regions import City, city
from tenants.partners.repository import PartnerRepository
from tenants.partners.schemas import DirectoryEntry
from tenants.partners.services.records import city_name


class _Place(msgspec.Struct, frozen=True, array_like=True):
    """The last entry of a page."""

    star_level: int
    id: UUID


class Directory:
    """What anybody may read, in headquarters' public scope."""

    def __init__(self, work: UnitOfWork) -> None:
        self._records = PartnerRepository(work.session)

    async def entries(
        self, *, city_code: str = "", category: str = "", cursor: str = "", limit: int
    ) -> tuple[list[DirectoryEntry], str | None]:
        """A page of listed partners, best star level first, and the cursor of the next.

        Raises:
            Invalid: a cursor that this program did not make.
        """
        rows = await self._records.listed(
            city_code=city_code, category=category, after=_decode(cursor), limit=limit + 1
        )
        shown = rows[:limit]
        ids = [row.id for row in shown]
        territories = await self._records.territories(ids)
        authorisations = await self._records.authorisations(ids)
        entries = [
            view_of(
                DirectoryEntry,
                row,
                city=city_name(row.city_code),
                territory=territories[row.id],
                categories=known_categories(authorisations[row.id]),
            )
            for row in shown
        ]
        more = len(rows) > limit
        return entries, _encode(_Place(shown[-1].star_level, shown[-1].id)) if more else None

    async def cities(self) -> list[City]:
        """Cities that at least one listed partner serves."""
        return [found for code in await self._records.listed_cities() if (found := city(code))]


def _encode(place: _Place) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def _decode(cursor: str) -> tuple[int, UUID] | None:
    if not cursor:
        return None
    try:
        place = msgspec.json.decode(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)), type=_Place)
    except (msgspec.MsgspecError, binascii.Error, ValueError) as error:
        raise Invalid(fields={"cursor": N_("这个翻页位置不存在。")}) from error
    return place.star_level, place.id

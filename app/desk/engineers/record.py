"""An engineer's page: its head and facts, in which every area draws the tab that it has there."""

from typing import Any, Final
from uuid import UUID

from app.agreements.catalogue import PRODUCT_CATEGORIES
from app.desk.engineers.labels import GRADE_NAMES, LEVEL_NAMES
from app.desk.engineers.service import EngineerService
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.records import RecordHead

BASE: Final = "/workspace/engineers"
CATEGORY_NAMES: Final = {category.code: category.name for category in PRODUCT_CATEGORIES}


async def engineer_record(work: UnitOfWork, engineer_id: UUID, tab: str = "") -> dict[str, Any]:
    """What `engineers/record.html` shows, `record` for `record_page` included.

    Raises:
        Forbidden: without `engineer:read`.
        NotFound: no such engineer in this tenant.
    """
    engineer = await EngineerService(work).get(engineer_id)
    record = RecordHead(
        kind="engineer",
        id=engineer.id,
        title=engineer.display_name,
        base=f"{BASE}/{engineer.id}",
        list_href=BASE,
        list_label=N_("工程师"),
        tab=tab,
    )
    return {
        "record": record,
        "engineer": engineer,
        "level_names": LEVEL_NAMES,
        "grade_names": GRADE_NAMES,
        "category_names": CATEGORY_NAMES,
    }

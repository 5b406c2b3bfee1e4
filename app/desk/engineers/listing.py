"""The list of engineers."""

from typing import Any, Final

from sqlalchemy import case, select

from app.agreements.catalogue import PRODUCT_CATEGORIES
from app.desk.engineers.labels import LEVEL_NAMES, EngineerState
from app.desk.engineers.models import Engineer
from app.desk.engineers.schemas import EngineerView
from app.desk.engineers.service import EngineerService
from app.platform.kernel.text_search import contains
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists import Column, Filter, Found, RecordList, Wanted, select_rows
from rbac import Permission

_LEVELS = {level: rank for rank, level in enumerate(LEVEL_NAMES)}
_CATEGORY_NAMES = {category.code: category.name for category in PRODUCT_CATEGORIES}


async def _rows(work: UnitOfWork, wanted: Wanted) -> Found[EngineerView]:
    found = await select_rows(work, select(Engineer), wanted)
    views = await EngineerService(work).with_skills([row[0] for row, _ in found])
    return list(zip(views, (value for _, value in found), strict=True))


def _matches(word: str) -> Any:
    return contains(word, Engineer.display_name, Engineer.phone)


ENGINEERS: Final = RecordList(
    key="engineers",
    label=N_("工程师"),
    base="/workspace/engineers",
    permission=Permission.ENGINEER_READ,
    record_kind="engineer",
    id=Engineer.id,
    title=Engineer.display_name,
    columns=(
        Column(key="display_name", label=N_("姓名"), sort=Engineer.display_name, main=True),
        Column(key="level", label=N_("级别"), names=LEVEL_NAMES, sort=case(_LEVELS, value=Engineer.level), narrow=True),
        Column(key="skills", label=N_("技能"), value=lambda row: list(row.skills), names=_CATEGORY_NAMES, width=40),
        Column(key="phone", label=N_("电话"), narrow=True),
    ),
    sort="display_name",
    rows=_rows,
    filters=(
        Filter(
            key="inactive",
            label=N_("在岗"),
            names={"yes": N_("已停用")},
            condition=lambda _: Engineer.state == EngineerState.INACTIVE,
            otherwise=Engineer.state == EngineerState.ACTIVE,
            as_tabs=True,
        ),
        Filter(key="level", label=N_("全部级别"), names=LEVEL_NAMES, condition=lambda level: Engineer.level == level),
    ),
    matches=_matches,
    search_label=N_("姓名或电话"),
)

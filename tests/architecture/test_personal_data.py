"""Of every table with names, addresses or texts that people write, its area says whom they are about."""

from collections import Counter

import pytest

from app.platform.kernel.areas import AboutPeople, Area, areas, gathered
from migrations.registry import mapped_classes

NAMES = frozenset(
    {
        *("name", "display_name", "person_name", "contact_name", "actor_name", "owner_name", "token_name"),
        *("phone", "mobile", "email", "contact_phone", "address", "network_address", "user_agent"),
        *("text", "words", "description", "remark", "comment", "subject", "reason", "decision", "message"),
        *("cause", "work_done", "planned_measures", "introduction", "signed_by", "requested_by", "decided_by"),
        *("details", "changes", "content", "payload", "html", "parameters", "body"),
    }
)
"""Columns that hold what tells of a person."""
ENDINGS = ("_by_name", "_signatory", "_phone", "_mobile", "_email")


def tells_of_people(column: str) -> bool:
    return column in NAMES or column.endswith(ENDINGS)


def suspects() -> dict[str, list[str]]:
    """Columns that may tell of a person, by table."""
    found = {
        table: [column.name for column in model.__table__.columns if tells_of_people(column.name)]
        for table, model in mapped_classes().items()
    }
    return {table: columns for table, columns in found.items() if columns}


def test_an_area_says_of_every_table_whom_it_is_about() -> None:
    said = Counter(table for area in areas() for tables in area.about_people.values() for table in tables)
    unsaid = {table: columns for table, columns in suspects().items() if table not in said}
    reasons = "\n".join(f"  AboutPeople.{reason.name}: {reason}" for reason in AboutPeople)
    assert not unsaid, (
        f"{unsaid} may hold a person's data. Put each into `about_people` of its area.py, under one of\n{reasons}\n"
        "A client's employee has the right to be told and forgotten (PIPL): for ERASED write personal_data.py."
    )
    assert sorted(set(said) - set(mapped_classes())) == [], "these tables are gone: take their lines away"
    assert [table for table, times in said.items() if times > 1] == [], "a table is about one kind of people"


@pytest.mark.parametrize("area", areas(), ids=lambda area: area.package)
def test_who_erases_says_how(area: Area) -> None:
    if area.about_people.get(AboutPeople.ERASED):
        assert area.personal_data, f"{area.package}: name the module that tells and erases in `personal_data`"
    for name in area.personal_data:
        module = area.load(name)
        assert callable(module.tell), name
        assert callable(module.erase), name


def test_what_stays_after_an_erasure_is_told() -> None:
    kept = {table for area in areas() for table in area.about_people.get(AboutPeople.EVIDENCE, ())}
    silent = sorted(kept - gathered("kept_after_erasure").keys())
    assert not silent, f"say to the person why {silent} stay (kept_after_erasure)"

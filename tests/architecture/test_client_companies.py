"""A client's company is forgotten whole, and not before everything of it has ended: every area says its part."""

from collections import Counter
from datetime import UTC, datetime
from uuid import UUID

import pytest

from app.platform.kernel.areas import Area, areas, declared
from app.platform.kernel.client_company import NeverOpen, OpenMatter
from app.platform.kernel.model import Isolation
from migrations.registry import mapped_classes
from tests.architecture.test_personal_data import tells_of_people

SOMEBODY = UUID(int=1)


def of_clients() -> set[str]:
    """Tables whose rows belong to a client, and the client's own. What stands outside the tenants goes with the
    accounts."""
    return {
        name
        for name, model in mapped_classes().items()
        if (name == "client" or "client_id" in model.__table__.columns) and model.__isolation__ is not Isolation.GLOBAL
    }


def matters() -> list[OpenMatter]:
    return list(declared("open_matters"))


def test_an_area_says_of_every_table_with_a_client_what_can_be_open() -> None:
    looked_at = {table for matter in matters() for table in matter.tables}
    never = Counter(table for area in areas() for tables in area.never_open.values() for table in tables)
    unsaid = sorted(of_clients() - looked_at - never.keys())
    reasons = "\n".join(f"  NeverOpen.{reason.name}: {reason}" for reason in NeverOpen)
    assert not unsaid, (
        f"Can something of {unsaid} run, wait or be owed when a client's company is to be forgotten? Say so in "
        f"`open_matters` of the area.py, or put the tables into `never_open` under one of\n{reasons}"
    )
    assert sorted((looked_at | never.keys()) - of_clients()) == [], "these tables have no client, or are gone"
    assert sorted(looked_at & never.keys()) == [], "either something of it can be open, or nothing"
    assert [table for table, times in never.items() if times > 1] == []


def test_an_area_says_of_every_name_what_becomes_of_it() -> None:
    said = Counter(
        table for area in areas() for table in (*area.client_texts, *area.forgotten_with_client, *area.kept_of_client)
    )
    telling = {
        table
        for table in of_clients()
        if any(tells_of_people(column.name) for column in mapped_classes()[table].__table__.columns)
    }
    assert sorted(telling - said.keys()) == [], (
        "What becomes of the names and words in these tables when a client's company is forgotten? Name the columns in "
        "`client_texts`, a function in `forgotten_with_client`, or in `kept_of_client` the reason why they stay."
    )
    assert sorted(said.keys() - mapped_classes().keys()) == [], "these tables are gone"
    assert [table for table, times in said.items() if times > 1] == [], "one thing becomes of a table"


@pytest.mark.parametrize("area", areas(), ids=lambda area: area.package)
def test_what_an_area_names_is_there(area: Area) -> None:
    for table, columns in area.client_texts.items():
        assert set(columns) <= set(mapped_classes()[table].__table__.columns.keys()), table
    for name in area.forgotten_with_client.values():
        assert callable(area.load(name)), name


@pytest.mark.parametrize("matter", matters(), ids=lambda matter: matter.label)
def test_a_matter_counts_its_own_tables(matter: OpenMatter) -> None:
    counted = matter.count(SOMEBODY, datetime.now(UTC))
    assert len(counted.selected_columns) == 1
    read = {getattr(table, "name", "") for table in counted.get_final_froms()}
    assert read & set(matter.tables), f"{matter.label} counts {read}, and says that it is about {matter.tables}"

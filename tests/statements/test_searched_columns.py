"""What the search box of a list reads is known: each of its columns stands in the exemptions.

A statement is otherwise only found by a test that happens to type something into that box.
"""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

from sqlalchemy import BinaryExpression, Column
from sqlalchemy.sql import operators, visitors

import app
import billing
import tenants
from app.platform.lists import RecordList
from migrations.registry import mapped_classes
from tenants.rls import GLOBAL_TABLES
from tests.statements.exemptions import FILTERED_BY_PATTERN, SEARCHED

_LIKE = frozenset({operators.like_op, operators.ilike_op})


def test_every_column_that_a_list_searches_is_named_with_what_it_costs() -> None:
    searched = list(_searched())
    assert len(searched) > 30, "the lists were not found: they stand in modules whose name ends in `listing`"
    unknown = sorted(
        f"{listing}: {table}.{column}"
        for listing, table, column in searched
        if table not in GLOBAL_TABLES and table not in FILTERED_BY_PATTERN and column not in SEARCHED.get(table, ())
    )
    assert not unknown, (
        "The box of a list reads every row of its tenant, because LIKE gets no index under row-level security. Name "
        f"the short columns in tests/statements/exemptions.py (SEARCHED), or a small table there: {unknown}"
    )


def test_every_table_of_the_exemptions_is_a_table() -> None:
    gone = sorted({*SEARCHED, *FILTERED_BY_PATTERN} - set(mapped_classes()))
    assert not gone, f"tests/statements/exemptions.py names tables that are not there any more: {gone}"


def _searched() -> Iterator[tuple[str, str, str]]:
    """(list, table, column) of every search box."""
    for each in _lists():
        if each.matches is None:
            continue
        for compared in visitors.iterate(each.matches("word")):
            if isinstance(compared, BinaryExpression) and compared.operator in _LIKE:
                for element in visitors.iterate(compared.left):
                    if isinstance(element, Column) and element.table is not None:
                        yield each.key, element.table.name, element.name


def _lists() -> Iterator[RecordList[Any]]:
    for district in (app, tenants, billing):
        for found in pkgutil.walk_packages(district.__path__, f"{district.__name__}."):
            if found.name.endswith("listing"):
                module = importlib.import_module(found.name)
                yield from (each for each in vars(module).values() if isinstance(each, RecordList))

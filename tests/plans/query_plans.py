"""The cost of a statement by EXPLAIN ANALYZE, run with the same role, context and values."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.statements.statement_recorder import listen, stop_listening

SMALL = 400
"""Tables with fewer rows than this may be read whole: one page or two."""

FACTOR, ALLOWANCE = 3, 60
"""Rows read of a table may be three times those returned, and a few more: the row that tells of a next page, names that
several rows share and that each reads again, and one page of a small index where that costs less than finding a better
one. What grows with the years passes sixty at once."""

_COUNTING = frozenset({"Aggregate", "Group", "Unique", "WindowAgg"})
_SCANS = frozenset({"Seq Scan", "Index Scan", "Index Only Scan", "Bitmap Heap Scan", "Tid Scan", "Sample Scan"})


@dataclass
class Statement:
    """One statement as it was sent."""

    text: str
    parameters: tuple[Any, ...]


@dataclass
class Plan:
    """What one statement did."""

    text: str
    wanted: float
    """Rows returned; of a count, rows counted."""
    read: dict[str, float] = field(default_factory=dict)
    """Rows read by table, those among them that did not fit."""
    whole: set[str] = field(default_factory=set)
    """Tables that were read from one end to the other."""

    def complaints(self, large: set[str], factor: float = FACTOR) -> list[str]:
        """What it reads that it need not."""
        found = [f"reads all of {table}" for table in sorted(self.whole & large)]
        for table, read in sorted(self.read.items()):
            if table in large and read > factor * self.wanted + ALLOWANCE:
                found.append(f"reads {read:.0f} rows of {table} for {self.wanted:.0f}")
        return found


@asynccontextmanager
async def sent_statements() -> AsyncIterator[list[Statement]]:
    """What goes to the database inside the block, without the transaction's own words."""
    found: list[Statement] = []

    def note(_role: str, text: str, parameters: tuple[Any, ...]) -> None:
        if text.lstrip().upper().startswith(("SELECT", "WITH", "UPDATE", "DELETE")):
            found.append(Statement(text, parameters))

    listen(note)
    try:
        yield found
    finally:
        stop_listening(note)


async def explained(driver: Any, statement: Statement) -> Plan:
    """Run the statement again on the driver's connection, explained. Its effects stay in the open transaction."""
    answer = await driver.fetchval(
        f"EXPLAIN (ANALYZE, FORMAT JSON, TIMING OFF) {statement.text}", *statement.parameters
    )
    top = (json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"]
    plan = Plan(statement.text, _wanted(top))
    for node in _nodes(top):
        if node["Node Type"] in _SCANS and "Relation Name" in node:
            table = node["Relation Name"]
            if node["Node Type"] == "Seq Scan" and node["Actual Loops"]:
                plan.whole.add(table)
            plan.read[table] = plan.read.get(table, 0) + _read(node)
    return plan


def _wanted(node: Any) -> float:
    while node["Node Type"] in _COUNTING or node["Node Type"] in ("Sort", "ModifyTable", "LockRows"):
        node = node["Plans"][0]
    return max(1.0, float(node["Actual Rows"] * node["Actual Loops"]))


def _read(node: Any) -> float:
    removed = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return float((node["Actual Rows"] + removed) * node["Actual Loops"])


def _nodes(node: Any) -> Iterator[Any]:
    yield node
    for child in node.get("Plans", ()):
        yield from _nodes(child)

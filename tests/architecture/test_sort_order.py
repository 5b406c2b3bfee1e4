"""Every ORDER BY on a time has a tie-breaker: many records share a time, imported ones above all."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
_MOMENT = re.compile(r"(_at|_on|_start|\.at)\b")
_TIE_BREAKERS = re.compile(r"\.(id|sequence|step|edition|number)\b|^id_?\b")
"""Ids grow in the order in which they are made, also within a millisecond (`app/platform/kernel/ids.py`)."""
EXEMPT: dict[str, str] = {
    "app/platform/background/sweeps.py": "what is due is taken in any order",
}


def sort_expressions(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Line and arguments of every `order_by` of a file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "order_by":
            yield node.lineno, [ast.unparse(each) for each in node.args]


def test_an_order_of_moments_ends_with_what_decides_within_one() -> None:
    undecided = [
        f"{name}:{line}: order_by({', '.join(arguments)})"
        for area in ("app", "tenants")
        for path in sorted((ROOT / area).rglob("*.py"))
        if (name := str(path.relative_to(ROOT))) not in EXEMPT
        for line, arguments in sort_expressions(path)
        if any(_MOMENT.search(each) for each in arguments) and not _TIE_BREAKERS.search(arguments[-1])
    ]
    assert undecided == [], (
        "records of one moment would come in any order, and another one each time: end with the id, which grows in "
        "the order in which records are made, or with the sequence"
    )

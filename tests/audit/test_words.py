"""Every entry of the log is read by people: what is written has words."""

import ast
from collections.abc import Iterator

import pytest

from app.audit.details import details_in_words
from app.audit.words import ACTIONS, RECORDS
from app.kernel.ids import new_id
from app.kernel.texts import ROOT

WRITING = {"audit": 0, "audit_rows": 0, "audit_as": 1, "Audited": 0}
"""What writes an entry, and the place of the action among its arguments; the kind of record follows."""


def written() -> Iterator[tuple[str, str, str]]:
    """(where, action, kind of record) of every entry whose action is written out in the source."""
    for folder in ("app", "tenants", "billing", "rbac"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if not isinstance(node, ast.Call):
                    continue
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name not in WRITING:
                    continue
                literals = node.args[WRITING[name] : WRITING[name] + 2]
                told = [each.value for each in literals if isinstance(each, ast.Constant)]
                if len(told) == len(literals) == 2:
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", str(told[0]), str(told[1])


def test_every_action_and_record_has_words() -> None:
    silent = [
        f"{where}: {code}"
        for where, action, kind in written()
        for code, words in ((action, ACTIONS), (kind, RECORDS))
        if code not in words
    ]
    assert not silent, "give app/audit/words.py words for these, or owners read codes:\n" + "\n".join(silent)


@pytest.mark.parametrize(
    ("details", "words"),
    [
        ({"before": "triaged", "after": "assigned"}, "已分类 → 已派单"),
        ({"channel": "hot_line", "priority": "P2"}, "渠道 热线 · 优先级 P2"),
        ({"client_id": str(new_id()), "devices": [str(new_id())]}, ""),
        ({"fields": ["brand", "model"], "client_id": None}, "项目 brand、model"),
        ({"something_new": 7}, "something_new 7"),
    ],
)
def test_details_are_told_in_words_and_ids_are_left_out(details: dict[str, object], words: str) -> None:
    assert details_in_words(details, str) == words

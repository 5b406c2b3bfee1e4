"""A revision runs while the processes of the version before it work on: it takes nothing from them, and holds no table
for long.

What a revision sends is read by squawk, which knows PostgreSQL's locks. Expand in one version (a new table, a column
with a default that stays, an index made concurrently, a constraint NOT VALID and validated later), move the program
over, contract in a later one.
"""

import io
import json
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final
from unittest.mock import MagicMock

import pytest
from alembic import op
from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

ROOT: Final = Path(__file__).parents[2]
OLDEST_SERVER: Final = "15"
MATTERS_OF_TASTE: Final = (
    "prefer-text-field",  # lengths are rules of the field, and changed by a check
    "prefer-bigint-over-int",
    "prefer-bigint-over-smallint",
    "prefer-robust-stmts",  # a revision is one transaction
    "transaction-nesting",  # how a revision is written down that steps out of its transaction (`autocommit_block`)
    "ban-uncommitted-transaction",
)
BEFORE_THE_RULE: Final[dict[str, frozenset[str]]] = {
    "0002": frozenset({"ban-drop-default"}),
    "0003": frozenset({"ban-drop-constraint", "require-concurrent-index-creation"}),
    "0005": frozenset({"require-concurrent-index-creation"}),
    "0007": frozenset({"require-concurrent-index-creation", "require-concurrent-index-deletion"}),
    "0011": frozenset({"ban-drop-default", "require-concurrent-index-creation"}),
    "0012": frozenset({"ban-drop-default"}),
    "0013": frozenset({"ban-drop-default"}),
    "0019": frozenset({"ban-drop-default"}),
    "0020": frozenset({"require-concurrent-index-creation"}),
    "0022": frozenset({"require-concurrent-index-creation"}),
    "0023": frozenset({"ban-drop-default"}),
    "0025": frozenset({"require-concurrent-index-creation", "require-concurrent-index-deletion"}),
    "0026": frozenset({"ban-drop-not-null"}),
    "0028": frozenset({"ban-drop-default"}),
    "0030": frozenset({"changing-column-type"}),
    "0032": frozenset({"ban-drop-default", "changing-column-type"}),
    "0033": frozenset({"ban-drop-default"}),
    "0034": frozenset({"ban-drop-default", "renaming-column"}),
    "0038": frozenset(
        {"adding-foreign-key-constraint", "ban-drop-default", "ban-drop-not-null", "constraint-missing-not-valid"}
    ),
    "0041": frozenset(
        {"ban-drop-constraint", "ban-drop-not-null", "constraint-missing-not-valid", "disallowed-unique-constraint"}
    ),
    "0042": frozenset({"renaming-column", "renaming-table"}),
    "0044": frozenset({"ban-drop-column", "ban-drop-default"}),
    "0053": frozenset({"ban-drop-default"}),
    "0054": frozenset({"ban-drop-constraint", "ban-drop-default", "constraint-missing-not-valid"}),
    "0059": frozenset({"ban-drop-constraint", "ban-drop-default", "constraint-missing-not-valid"}),
    "0060": frozenset({"adding-not-nullable-field", "ban-drop-default", "ban-drop-not-null"}),
    "0069": frozenset({"ban-drop-default"}),
}
"""Revisions that were there before anybody ran one beside older processes; docs/operations.md ("Upgrade") says what
follows for whoever comes from before. Nothing is added here."""
LAST_BEFORE: Final = "0070"
REVIEWED: Final[dict[str, dict[str, str]]] = {
    "0074": {
        "ban-drop-not-null": "older processes make invoices of statements only, and each of those names its statement",
        "constraint-missing-not-valid": "royalty_invoice has a row a partner and month: it is read in a moment",
        "disallowed-unique-constraint": "the same table: its index is made in a moment",
    },
}
"""What a later revision may do all the same, and why nobody notices."""


def sql_of(upgrade: Callable[[], None]) -> str:
    """What a revision sends to an empty database, as the migration sends it: locks are waited for, but not long."""
    sent = io.StringIO()
    context = MigrationContext.configure(
        dialect_name="postgresql", opts={"as_sql": True, "output_buffer": sent, "literal_binds": True}
    )
    with Operations.context(context), pytest.MonkeyPatch.context() as patched:
        patched.setattr(Operations, "get_bind", lambda _: MagicMock())
        upgrade()
    return f"SET lock_timeout = '500ms';\nSET statement_timeout = '60s';\n{sent.getvalue()}"


def broken_by(files: Sequence[Path]) -> dict[str, set[str]]:
    """File's stem → the rules that its statements break."""
    squawk = shutil.which("squawk", path=str(Path(sys.executable).parent))
    assert squawk is not None
    taste = [f"--exclude={rule}" for rule in MATTERS_OF_TASTE]
    asked = [squawk, "--reporter=Json", f"--pg-version={OLDEST_SERVER}", "--assume-in-transaction", *taste]
    told = subprocess.run([*asked, *map(str, files)], capture_output=True, text=True, check=False)
    assert told.returncode in (0, 1), told.stderr
    broken: dict[str, set[str]] = defaultdict(set)
    for each in json.loads(told.stdout):
        broken[Path(each["file"]).stem].add(each["rule_name"])
    return broken


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Revision → the rules that it breaks."""
    folder = tmp_path_factory.mktemp("revisions")
    files = []
    for revision in ScriptDirectory.from_config(Config(str(ROOT / "alembic.ini"))).walk_revisions():
        files.append(folder / f"{revision.revision}.sql")
        files[-1].write_text(sql_of(revision.module.upgrade))
    return broken_by(files)


def test_no_revision_takes_anything_from_the_processes_that_run(found: dict[str, set[str]]) -> None:
    new = {
        revision: broken
        for revision, rules in sorted(found.items())
        if (broken := sorted(rules - BEFORE_THE_RULE.get(revision, frozenset()) - REVIEWED.get(revision, {}).keys()))
    }
    assert not new, (
        f"{new}: a revision runs beside the processes of the version before it. Keep a new column's server default, "
        "add constraints NOT VALID, make and drop indexes of old tables concurrently in a revision of their own, and "
        "drop or rename what the older program uses only once that version is gone. What nobody can notice stands in "
        "REVIEWED with its reason."
    )


def test_what_was_there_before_the_rule_gets_no_company(found: dict[str, set[str]]) -> None:
    assert {
        revision: found.get(revision, set()) & rules for revision, rules in BEFORE_THE_RULE.items()
    } == BEFORE_THE_RULE
    assert max(BEFORE_THE_RULE) <= LAST_BEFORE


def _concurrently() -> None:
    with op.get_context().autocommit_block():
        op.create_index("ix_ticket_x", "ticket", ["tenant_id", "state"], postgresql_concurrently=True)


@pytest.mark.parametrize(
    ("upgrade", "rules"),
    [
        pytest.param(_concurrently, set(), id="an index that lets others write"),
        pytest.param(
            lambda: op.create_index("ix_ticket_x", "ticket", ["tenant_id", "state"]),
            {"require-concurrent-index-creation"},
            id="an index that does not",
        ),
        pytest.param(lambda: op.drop_column("ticket", "subject"), {"ban-drop-column"}, id="what older processes use"),
        pytest.param(
            lambda: op.execute("ALTER TABLE ticket ADD COLUMN x integer NOT NULL DEFAULT 0"),
            set(),
            id="what comes anew",
        ),
    ],
)
def test_what_is_refused_and_what_is_not(upgrade: Callable[[], None], rules: set[str], tmp_path: Path) -> None:
    """What the refusal advises is not refused itself."""
    sample = tmp_path / "sample.sql"
    sample.write_text(sql_of(upgrade))
    assert broken_by([sample]).get("sample", set()) == rules

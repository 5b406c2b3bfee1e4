"""The generated parts of docs/. `python -m tests.documentation.generated` writes them."""

from pathlib import Path

from pydantic_core import PydanticUndefined

from app.desk.tickets.lifecycle import (
    MOVE_NAMES,
    OPEN_STATES,
    OPEN_VISIT_STATES,
    RULES,
    STATE_NAMES,
    VISIT_RULES,
    Move,
    TicketState,
    VisitState,
)
from app.platform.kernel.settings import Settings
from app.platform.kernel.texts import translator
from migrations.registry import mapped_classes
from tenants.data_lifecycle.tables import TenantTables, excluded_tables
from tenants.rls import GLOBAL_TABLES
from tests.documentation.architecture_pictures import ARCHITECTURE, architecture_page
from tests.documentation.feature_table import FEATURES, features_page
from tests.documentation.permission_matrix import PERMISSIONS, permissions_page
from tests.documentation.state_machines import STATE_MACHINES, state_machines_page

DOCS = Path(__file__).parents[2] / "docs"
LIFECYCLE, OPERATIONS = DOCS / "ticket-lifecycle.md", DOCS / "operations.md"
TENANT_EXPORT = DOCS / "tenant-export.md"
TABLES_BEGIN, TABLES_END = "<!-- tables: drawn from tenants/data_lifecycle/tables.py -->", "<!-- end of tables -->"
BEGIN, END = "<!-- settings: drawn from app/platform/kernel/settings.py -->", "<!-- end of settings -->"


def lifecycle_page() -> str:
    """docs/ticket-lifecycle.md: the diagram and the table of `app/desk/tickets/lifecycle.py`."""
    english = translator("en")
    lines = [
        "# The life of a ticket",
        "",
        "Drawn from `app/desk/tickets/lifecycle.py` by `python -m tests.documentation.generated`;",
        "a test compares the two.",
        "`wait` and `cancel` are left out of the picture, they start almost anywhere: see the table.",
        "",
        "```mermaid",
        "stateDiagram-v2",
        "    [*] --> new",
    ]
    for move, rule in RULES.items():
        if move not in (Move.WAIT, Move.RESUME, Move.CANCEL):
            lines += [
                f"    {start} --> {end}: {move}"
                for start in TicketState
                if start in rule.starts
                for end in TicketState
                if end in rule.ends
            ]
    lines += ["    closed --> [*]", "    cancelled --> [*]", "```", "", "## Moves", ""]
    lines += ["| move | on screen | from | to |", "|---|---|---|---|"]
    for move, rule in RULES.items():
        starts = ", ".join(state for state in TicketState if state in rule.starts)
        ends = ", ".join(state for state in TicketState if state in rule.ends)
        lines.append(f"| `{move}` | {MOVE_NAMES[move]} · {english(MOVE_NAMES[move])} | {starts} | {ends} |")
    lines += [
        "",
        "`resume` leads back to where the visits stand. `close` from `resolved` belongs to the silence rule alone.",
        "",
        "## States",
        "",
        "| state | on screen | somebody has to act |",
        "|---|---|---|",
    ]
    lines += [
        f"| `{state}` | {name} · {english(name)} | {'yes' if state in OPEN_STATES else ''} |"
        for state, name in STATE_NAMES.items()
    ]
    lines += [
        "",
        "## Visits",
        "",
        "A ticket's state follows its leading visit, the open one that has come furthest: planned is `assigned`,",
        "in progress is `on_site` or by its mode `remote`. One at which work began is finished, never cancelled.",
        "",
        "```mermaid",
        "stateDiagram-v2",
        "    [*] --> planned",
    ]
    for of_visit, rule_of_visit in VISIT_RULES.items():
        starts_of_visit = [start for start in VisitState if start in rule_of_visit.starts]
        lines += [f"    {start} --> {rule_of_visit.end}: {of_visit}" for start in starts_of_visit]
    lines += [f"    {state} --> [*]" for state in VisitState if state not in OPEN_VISIT_STATES] + ["```"]
    return "\n".join(lines) + "\n"


def settings_table() -> str:
    """The table of docs/operations.md."""
    lines = ["| name | default | what for |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        variable = field.validation_alias or f"YINGHUO_{name.upper()}"
        default = "required" if field.is_required() or field.default is PydanticUndefined else _shown(field.default)
        lines.append(f"| `{variable}` | {default} | {' '.join((field.description or '').split())} |")
    return "\n".join(lines)


def _shown(default: object) -> str:
    return "none" if default is None or default == () else f"`{default}`"


def operations_page() -> str:
    """docs/operations.md with a regenerated table of settings."""
    page = OPERATIONS.read_text()
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{settings_table()}\n{END}{after}"


def tenant_export_page() -> str:
    """docs/tenant-export.md with regenerated lists of tables."""
    tables = TenantTables(mapped_classes())
    lines = ["| table | columns |", "|---|---|"]
    lines += [
        f"| `{table.name}` | {', '.join(f'`{each.name}`' for each in table.formats)} |" for table in tables.archived
    ]
    about = [f"`{table.name}`" for table in tables.about(complete=True)]
    lines += ["", f"Headquarters' rows about the partner: {', '.join(about)}.", ""]
    lines += [
        "| left out | why |",
        "|---|---|",
        *(f"| `{name}` | {reason} |" for name, reason in excluded_tables().items()),
    ]
    lines += [f"| `{name}` | stands outside the tenants: {reason} |" for name, reason in GLOBAL_TABLES.items()]
    before, _, rest = TENANT_EXPORT.read_text().partition(TABLES_BEGIN)
    _, _, after = rest.partition(TABLES_END)
    return f"{before}{TABLES_BEGIN}\n" + "\n".join(lines) + f"\n{TABLES_END}{after}"


if __name__ == "__main__":
    ARCHITECTURE.write_text(architecture_page())
    TENANT_EXPORT.write_text(tenant_export_page())
    STATE_MACHINES.write_text(state_machines_page())
    LIFECYCLE.write_text(lifecycle_page())
    OPERATIONS.write_text(operations_page())
    PERMISSIONS.write_text(permissions_page())
    FEATURES.write_text(features_page())

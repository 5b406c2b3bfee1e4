"""docs/state-machines.md: every declared state machine of the program, drawn from its declaration."""

import ast
from enum import StrEnum
from functools import cache
from importlib import import_module
from itertools import chain

from app.platform.kernel.state_machine import StateMachine
from app.platform.kernel.texts import ROOT, translator

STATE_MACHINES = ROOT / "docs" / "state-machines.md"
PRODUCT = ("app", "tenants", "billing", "rbac")
Machine = StateMachine[StrEnum, StrEnum]

INTRODUCTION = """# State machines

Every kind of record that has states declares them, and the moves between them, as data
(`app/platform/kernel/state_machine.py`); services ask the declaration and refuse other moves with
`<record>.move_refused`. Drawn from the declarations by `python -m tests.documentation.generated`; a test compares
the two, another refuses a state column without a machine. [A ticket's life](ticket-lifecycle.md) has a page of its own.
"""


@cache
def machines() -> dict[str, tuple[str, Machine]]:
    """Every machine by its record's name, with the file that declares it. Modules are found by their source."""
    found: dict[str, tuple[str, Machine]] = {}
    for path in sorted(chain.from_iterable((ROOT / top).rglob("*.py") for top in PRODUCT)):
        source = path.read_text()
        if "StateMachine(\n" not in source:
            continue
        name = path.relative_to(ROOT).with_suffix("").as_posix()
        module = import_module(name.replace("/", "."))
        for node in ast.parse(source).body:
            value = getattr(module, _target(node), None)
            if isinstance(value, StateMachine):
                if value.record in found:
                    raise ValueError(f"two machines of {value.record}: {found[value.record][0]} and {name}.py")
                found[value.record] = (f"{name}.py", value)
    return dict(sorted(found.items()))


def _target(node: ast.stmt) -> str:
    match node:
        case ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]):
            return name
    return ""


def state_machines_page() -> str:
    """The whole page."""
    found = machines()
    contents = [f"- [{record.replace('_', ' ')}](#{record.replace('_', '-')})" for record in found]
    parts = [INTRODUCTION, "\n".join(contents) + "\n"]
    parts += [_section(record, place, machine) for record, (place, machine) in found.items()]
    return "\n".join(parts)


def _section(record: str, place: str, machine: Machine) -> str:
    columns = ", ".join(f"`{column}`" for column in machine.columns)
    lines = [f"## {record.replace('_', ' ').capitalize()}", "", f"`{place}`, stored in {columns}.", ""]
    lines += ["```mermaid", "stateDiagram-v2"]
    lines += [f"    [*] --> {state}" for state in machine.states if state in machine.started]
    arrows: dict[tuple[str, str], list[str]] = {}
    for move, rule in machine.moves.items():
        for start in machine.states:
            for end in machine.states:
                if start in rule.starts and end in rule.ends:
                    arrows.setdefault((start, end), []).append(str(move))
    lines += [f"    {start} --> {end}: {', '.join(moves)}" for (start, end), moves in arrows.items()]
    lines += [f"    {state} --> [*]" for state in machine.states if state in machine.final]
    lines += ["```", ""]
    sided = any(rule.side for rule in machine.moves.values())
    lines += [f"| move | from | to |{' by |' if sided else ''}", f"|---|---|---|{'---|' if sided else ''}"]
    for move, rule in machine.moves.items():
        starts = ", ".join(state for state in machine.states if state in rule.starts)
        ends = ", ".join(state for state in machine.states if state in rule.ends)
        name = f" {_named(machine.move_names[move])}" if move in machine.move_names else ""
        lines.append(f"| `{move}`{name} | {starts} | {ends} |{f' {rule.side} |' if sided else ''}")
    if machine.state_names:
        lines += ["", "| state | on screen |", "|---|---|"]
        lines += [f"| `{state}` | {_named(name)} |" for state, name in machine.state_names.items()]
    return "\n".join(lines) + "\n"


def _named(text: str) -> str:
    return f"{text} · {translator('en')(text)}"

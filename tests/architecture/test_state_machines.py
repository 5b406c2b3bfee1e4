"""Every state column of the database has a declared machine, and every machine is whole."""

import pytest

from app.platform.kernel.errors import Conflict
from migrations.registry import mapped_classes
from tests.documentation.state_machines import Machine, machines

MACHINES = {record: machine for record, (_, machine) in machines().items()}
COLUMNS = {
    f"{name}.{column.name}"
    for name, mapped in mapped_classes().items()
    for column in mapped.__table__.columns
    if column.name == "state" or column.name.endswith("_state")
}


def test_every_state_column_belongs_to_a_declared_machine() -> None:
    declared = {column for machine in MACHINES.values() for column in machine.columns}
    assert not COLUMNS - declared, "declare a StateMachine (app/platform/kernel/state_machine.py) that names the column"
    assert not declared - COLUMNS, "a machine names a column that does not exist"


@pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)
def test_a_machine_is_whole(machine: Machine) -> None:
    reached = set(machine.started)
    for _ in machine.states:
        reached |= {end for rule in machine.moves.values() if reached & rule.starts for end in rule.ends}
    assert reached == set(machine.states), "a state that no move reaches"
    assert all(rule.starts and rule.ends for rule in machine.moves.values())
    assert set(machine.state_names) in (set(), set(machine.states))
    assert set(machine.move_names) in (set(), set(machine.moves))
    assert all(machine.allows(move, state) for state, move in machine.next_moves.items())
    assert machine.refusal is Conflict or machine.refusal.code == f"{machine.record}.move_refused"

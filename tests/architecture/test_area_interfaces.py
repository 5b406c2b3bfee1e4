"""Import-linter's contract on the interfaces of areas, tried on small graphs."""

import grimp
import pytest

from tests.architecture.area_interface_contract import AreaInterfaceContract

OPTIONS = {
    "areas": ["program.desk.*"],
    "public_modules": ["models"],
    "ways_in": ["commands"],
    "wiring": ["program.cli"],
}


@pytest.mark.parametrize(
    ("importer", "imported", "allowed"),
    [
        ("program.portals.desk", "program.desk.tickets", True),
        ("program.portals.desk", "program.desk.tickets.models", True),
        ("program.portals.desk", "program.desk.tickets.services.workflow", False),
        ("program.portals.desk", "program.desk.tickets.commands", False),
        ("program.cli.tenants", "program.desk.tickets.commands", True),
        ("program.desk.ticketing", "program.desk.tickets.services", False),
        ("program.desk.tickets.api", "program.desk.tickets.services", True),
    ],
)
def test_from_outside_an_area_only_its_interface_is_imported(importer: str, imported: str, *, allowed: bool) -> None:
    graph = grimp.ImportGraph()
    graph.add_import(importer=importer, imported=imported, line_number=1, line_contents=f"import {imported}")
    for package in ("program.desk", "program.desk.tickets", "program.desk.tickets.services"):
        graph.add_module(package)
    contract = AreaInterfaceContract("interfaces", {}, {"name": "interfaces", **OPTIONS})
    assert contract.check(graph, verbose=False).kept is allowed

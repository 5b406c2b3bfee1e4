"""The pictures of docs/architecture.md: districts by the import contracts, the way of a report by events and who
listens to them."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from configparser import ConfigParser
from importlib import import_module
from inspect import getdoc, getsource
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from app.agreements.sla import clock_service
from app.desk.intake import service as intake_service
from app.desk.tickets.notices import notifying
from app.desk.tickets.workflow import creation as ticket_creation
from app.platform.background.queues import QUEUES
from app.platform.http import live_stream
from app.platform.kernel.outbox import DueKind, Event
from app.platform.notifications import service as notification_service
from app.portals.employee import report_pages
from app.worker import all_consumers, all_sweeps

ROOT: Final = Path(__file__).parents[2]
ARCHITECTURE: Final = ROOT / "docs" / "architecture.md"
_LAYERS, _BESIDE = "layers", re.compile(r"\s*[|:]\s*")

CREATION: Final = (
    (report_pages, "report", "IntakeService"),
    (intake_service, "IntakeService", "TicketCreation"),
    (ticket_creation, "TicketCreation", "ClockService"),
    (clock_service, "ClockService", None),
)
"""Who takes the report further: a module, what of it is asked, and whom that asks in turn."""


def architecture_page() -> str:
    """docs/architecture.md with its drawn parts."""
    page = ARCHITECTURE.read_text()
    for name, lines in (("districts", districts()), ("the way of a report", way_of_a_report())):
        begin, end = f"<!-- {name}: drawn from the code -->", f"<!-- end of {name} -->"
        before, _, rest = page.partition(begin)
        page = before + "\n".join([begin, *lines, end]) + rest.partition(end)[2]
    return page


def districts() -> Iterator[str]:
    """The floors as a picture, and what each area is about in the words of its package."""
    contracts = ConfigParser()
    contracts.read(ROOT / ".importlinter")
    inner = {
        each["containers"].strip(): each[_LAYERS] for name, each in contracts.items() if "containers" in each and name
    }
    floors = _floors(contracts["importlinter:contract:districts"][_LAYERS])
    yield from ("```mermaid", "flowchart TB")
    for number, floor in enumerate(floors):
        areas = [
            f"{_path(module)}: {', '.join(_modules(inner[module]))}" if module in inner else _path(module)
            for module in floor
        ]
        yield f'    floor{number}["{"<br>".join(areas)}"]'
    yield "    " + " --> ".join(f"floor{number}" for number in range(len(floors)))
    yield from ("```", "", "| area | what it is about |", "|---|---|")
    for module in _modules(contracts["importlinter:contract:districts"][_LAYERS]):
        areas = [f"{module}.{area}" for area in _modules(inner[module])] if module in inner else []
        folders = (area for area in areas if _path(area).endswith("/"))
        yield from (f"| `{_path(each)}` | {_about(each)} |" for each in [module, *folders])


def _floors(layers: str) -> list[list[str]]:
    return [_BESIDE.split(line.strip()) for line in layers.strip().splitlines()]


def _modules(layers: str) -> list[str]:
    return [module for floor in _floors(layers) for module in floor]


def _path(module: str) -> str:
    path = module.replace(".", "/")
    return f"{path}/" if (ROOT / path).is_dir() else f"{path}.py"


def _about(module: str) -> str:
    """The first sentence of the module's docstring."""
    path = ROOT / module.replace(".", "/")
    source = (path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).read_text()
    text = " ".join((ast.get_docstring(ast.parse(source)) or "").split())
    return re.split(r"(?<=[.!])\s", text)[0].replace("|", "\\|")


def way_of_a_report() -> Iterator[str]:
    """From the employee's page to the people who are told and the pages that show it."""
    events = {each.__name__: each for each in _events(Event)}
    yield from ("```mermaid", "flowchart TB", '    subgraph web["web, one transaction"]')
    for number, (module, name, _) in enumerate(CREATION):
        yield f'        step{number}["{_home(module)}<br>{name}"]'
    for number, (module, name, asked) in enumerate(CREATION[:-1]):
        assert f"{asked}(" in getsource(module), f"{name} no longer asks {asked}"
        yield f"        step{number} --> step{number + 1}"
    yield "    end"
    due = DueKind.SLA_THRESHOLD
    check = dict(all_sweeps())[due]
    assert f"DueKind.{due.name}" in getsource(clock_service), "clocks no longer say when they are to be looked at"
    yield f'    due[("due_entry<br>{due}")]'
    yield f'    step3 --> due -- relay --> check["{_home_of(check)}<br>{_name(check)}"]'
    yield from _followed(_published(ticket_creation, events), "step2")
    yield from _followed(_published(clock_service, events), "check")
    assert "notify_all(" in getsource(notifying) or "send_all(" in getsource(notifying), "nobody is notified"
    yield from _followed(_published(notification_service, events), "notify_people")
    live = "<br>".join(sorted(live_stream.live_changes.paths))
    yield f'    refresh_pages --> live["{_home(live_stream)}<br>{live}"]'
    portals = sorted({path.relative_to(ROOT).parts[2] for path in _live_templates()})
    yield f"    live --> open([open pages: {', '.join(portals)}])"
    yield "    deliver_requested --> people([e-mail, SMS])"
    yield "```"


def _followed(published: Iterable[type[Event]], source: str) -> Iterator[str]:
    """An event and everybody who listens to it, with the queue in which they work."""
    for event in published:
        topic = event.topic.replace(".", "_")
        yield f'    {source} --> {topic}{{{{"{event.topic}"}}}}'
        for subscription in all_consumers():
            if subscription.topic == event.topic:
                function: Any = subscription.on_batch or subscription.on_event
                target = f'{_name(function)}["{_home_of(function)}<br>{_name(function)}"]'
                yield f"    {topic} -- {QUEUES[subscription.lane]} --> {target}"


def _published(module: ModuleType, events: Mapping[str, type[Event]]) -> list[type[Event]]:
    """The events that a module makes, in the order of their topics."""
    calls = (node.func for node in ast.walk(ast.parse(getsource(module))) if isinstance(node, ast.Call))
    made = {call.id for call in calls if isinstance(call, ast.Name) and call.id in events}
    return sorted((events[name] for name in made), key=lambda event: event.topic)


def _events(base: type[Event]) -> Iterator[type[Event]]:
    for each in base.__subclasses__():
        yield each
        yield from _events(each)


def _live_templates() -> Iterator[Path]:
    """Pages that show tickets as they change."""
    for path in (ROOT / "app" / "portals").glob("*/templates/**/*.html"):
        if re.search(r'(data-live|\blive)="ticket', path.read_text()):
            yield path


def _home(module: ModuleType) -> str:
    """The area in which a module stands."""
    return module.__name__.rpartition(".")[0].removesuffix(".services").replace(".", "/")


def _home_of(function: Any) -> str:
    assert getdoc(function), f"{_name(function)} says nothing about itself"
    return _home(import_module(function.__module__))


def _name(function: Any) -> str:
    return str(function.__name__)

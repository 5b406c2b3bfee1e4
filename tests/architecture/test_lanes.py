"""Every event enters the lane of its most urgent consumer."""

from collections.abc import Iterator

from app.platform.kernel.outbox import LANES, DueKind, Event
from app.worker import all_consumers


def test_every_event_begins_in_the_lane_of_its_most_urgent_consumer() -> None:
    """Elsewhere it would wait behind what is less urgent, or be handed on by a lane that has nothing to do with it."""
    registry = all_consumers()
    listening = {listener.topic: set[DueKind]() for listener in registry}
    for listener in registry:
        listening[listener.topic].add(listener.lane)
    wrong = {
        event.__name__: (event.lane, first)
        for event in _events(Event)
        if not event.__module__.startswith("tests.") and event.topic in listening
        if event.lane is not (first := min(listening[event.topic], key=LANES.index))
    }
    assert not wrong, f"set `lane` of these events to that of their most urgent consumer (event: has, should): {wrong}"


def _events(kind: type[Event]) -> Iterator[type[Event]]:
    """Those with a topic; what several have in common has none."""
    for event in kind.__subclasses__():
        yield from _events(event)
        if hasattr(event, "topic"):
            yield event

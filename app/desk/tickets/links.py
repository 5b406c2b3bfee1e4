"""Where an answer about a ticket leads in the JSON API."""

from typing import Final

LINKS_OF_TICKET: Final = tuple(
    f"{method} /tickets/{{ticket_id}}{step}"
    for method, steps in (
        ("GET", ("", "/priorities", "/service-reports")),
        ("POST", ("/triage", "/assignments", "/wait", "/resume", "/resolve", "/cancel", "/confirm", "/reopen")),
        ("POST", ("/replies", "/notes", "/rating")),
    )
    for step in steps
)

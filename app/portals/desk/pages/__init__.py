"""The desk's handlers. `rbac.guards` admits staff of the partner only."""

from app.portals.desk.pages import (
    access,
    client,
    company,
    device,
    engineer,
    hot_line,
    queue,
    ticket,
    ticket_actions,
    today,
    visit,
)

handlers = [
    *access.handlers,
    *today.handlers,
    *queue.handlers,
    *ticket.handlers,
    *ticket_actions.handlers,
    *visit.handlers,
    *hot_line.handlers,
    *company.handlers,
    *client.handlers,
    *device.handlers,
    *engineer.handlers,
]

"""The desk's handlers. `rbac.guards` admits staff of the partner only."""

from app.portals.desk.pages import access, company, hot_line, queue, ticket, ticket_actions, today

handlers = [
    *access.handlers,
    *today.handlers,
    *queue.handlers,
    *ticket.handlers,
    *ticket_actions.handlers,
    *hot_line.handlers,
    *company.handlers,
]

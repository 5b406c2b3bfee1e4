"""The desk's handlers. `rbac.guards` admits staff of the partner only."""

from app.faces.workspace.pages import access, call, company, moves, queue, ticket, today

handlers = [
    *access.handlers,
    *today.handlers,
    *queue.handlers,
    *ticket.handlers,
    *moves.handlers,
    *call.handlers,
    *company.handlers,
]

"""The desk's addresses. `rbac.guards` lets in the partner's own staff only."""

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

"""Writing survey answers of replayed tickets in bulk."""

import secrets
from collections.abc import Sequence

from app.desk.surveys.models import SurveyResponse
from app.desk.tickets.replay import Rated, ReplayedTicket, audit_values, elevated_values, write_audit
from app.platform.kernel.ids import RandomBits, ids_in_sequence
from app.platform.kernel.performance import RowValues, insert_rows
from app.platform.kernel.unit_of_work import UnitOfWork
from tenants.context import Command


async def replay_answers(
    work: UnitOfWork,
    tickets: Sequence[ReplayedTicket],
    *,
    audit_moves: bool = False,
    random_bits: RandomBits = secrets.randbits,
) -> None:
    """Write the answers in the steps of `tickets`, in the transaction that wrote the tickets.

    `audit_moves` as in `Replay`.
    """
    new_id = ids_in_sequence(random_bits)
    answers: list[RowValues] = []
    audit: list[RowValues] = []
    for ticket in tickets:
        for step in ticket.timeline.steps:
            if not isinstance(step, Rated):
                continue
            answers.append(
                {
                    "id": new_id(step.at),
                    "client_id": ticket.timeline.client_id,
                    "reporter_id": ticket.timeline.reporter_id,
                    "ticket_id": ticket.id,
                    "score": step.score,
                    "comment": step.comment.strip(),
                    "channel": step.channel,
                    "answered_at": step.at,
                }
            )
            if audit_moves:
                audit += elevated_values(new_id, step.at, step.by, Command.RATE_SERVICE)
                details = {"score": step.score, "channel": step.channel}
                audit.append(
                    audit_values(new_id, step.at, step.by, "survey.answered", ("ticket", ticket.id), **details)
                )
    await insert_rows(work.session, SurveyResponse, answers)
    await write_audit(work.session, audit)

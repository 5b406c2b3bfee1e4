"""Elevating an inner ring's transaction to the tenant's scope, for commands that a client or reporter may cause."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Final

from sqlalchemy import text

from app.platform.kernel.actor import Scope
from app.platform.kernel.unit_of_work import UnitOfWork


class Command(StrEnum):
    """What an inner ring or a visitor may cause to be written. Short, greppable, audited; inputs are checked in the
    narrow scope before the transaction is raised."""

    APPLY_FOR_PARTNERSHIP = "apply_for_partnership"
    VERIFY_ADDRESS = "verify_address"
    FOLLOW_APPLICATION = "follow_application"
    REPORT_FAULT = "report_fault"
    ADD_NOTE = "add_note"
    ATTACH_FILE = "attach_file"
    CONFIRM_RESOLUTION = "confirm_resolution"
    REOPEN_TICKET = "reopen_ticket"
    RATE_SERVICE = "rate_service"
    DECIDE_APPROVAL = "decide_approval"
    READ_NOTIFICATION = "read_notification"
    ISSUE_PIN = "issue_pin"
    TELL_PERSONAL_DATA = "tell_personal_data"
    ERASE_PERSONAL_DATA = "erase_personal_data"
    CONFIGURE_SINGLE_SIGN_ON = "configure_single_sign_on"
    ORDER_ADDON = "order_addon"
    CHANGE_ADDON_ORDER = "change_addon_order"
    START_PAYMENT = "start_payment"
    DECIDE_RECOVERY = "decide_recovery"


COMMAND_ACTIONS: Final[Mapping[Command, str]] = {
    Command.APPLY_FOR_PARTNERSHIP: "command.application_submitted",
    Command.VERIFY_ADDRESS: "command.address_verified",
    Command.FOLLOW_APPLICATION: "command.application_read",
    Command.REPORT_FAULT: "command.ticket_created",
    Command.ADD_NOTE: "command.note_created",
    Command.ATTACH_FILE: "command.file_attached",
    Command.CONFIRM_RESOLUTION: "command.resolution_confirmed",
    Command.REOPEN_TICKET: "command.ticket_reopened",
    Command.RATE_SERVICE: "command.survey_answered",
    Command.DECIDE_APPROVAL: "command.approval_decided",
    Command.READ_NOTIFICATION: "command.notification_read",
    Command.ISSUE_PIN: "command.pin_issued",
    Command.TELL_PERSONAL_DATA: "command.personal_data_exported",
    Command.ERASE_PERSONAL_DATA: "command.erasure_requested",
    Command.CONFIGURE_SINGLE_SIGN_ON: "command.identity_provider_changed",
    Command.ORDER_ADDON: "command.addon_ordered",
    Command.CHANGE_ADDON_ORDER: "command.addon_order_changed",
    Command.START_PAYMENT: "command.payment_started",
    Command.DECIDE_RECOVERY: "command.recovery_decided",
}
"""What the audit log calls each command."""


@asynccontextmanager
async def elevated(work: UnitOfWork, command: Command) -> AsyncIterator[None]:
    """Write in the tenant's own scope inside the block, then fall back to the actor's.

    The actor stays who it is, for audit and permissions; only the database's view is raised. Inside the block queries
    see the whole tenant: look nothing up by the inner ring's words there. For an actor of the tenant's own scope there
    is nothing to raise, so a service serves every ring alike.
    """
    if work.actor.scope is Scope.TENANT:
        yield
        return
    async with as_platform(work):
        work.audit(COMMAND_ACTIONS[command], "command")
        yield


@asynccontextmanager
async def as_platform(work: UnitOfWork) -> AsyncIterator[None]:
    """Write in the tenant's own scope without a command's audit line: for the platform's own records only (idempotency
    keys).

    When the block raises, the transaction is lost anyway and is not lowered again.
    """
    session = work.session
    narrow, client_id = session.info["context"], session.info["client_id"]
    raised = work.actor.as_system().database_context()
    if raised == narrow:
        yield
        await session.flush()
        return
    await session.execute(text(f"SET LOCAL app.actor = '{raised}'"))
    session.info.update(context=raised, client_id=None)
    try:
        yield
        await session.flush()
    finally:
        session.info.update(context=narrow, client_id=client_id)
    await session.execute(text(f"SET LOCAL app.actor = '{narrow}'"))

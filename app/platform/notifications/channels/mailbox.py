"""For demonstration and development: messages land in a mailbox of the running system."""

from collections.abc import Awaitable, Callable

from app.platform.notifications.channels.ports import DeliveryResult, OutgoingMessage, Sent

MailboxSink = Callable[[OutgoingMessage], Awaitable[None]]
"""Keeps the message where a page can show it."""


class MailboxChannel:
    """A `MessageChannel` for every kind of message, which hands it to a sink and sends nothing."""

    def __init__(self, sink: MailboxSink) -> None:
        self._sink = sink

    async def send(self, message: OutgoingMessage) -> DeliveryResult:
        """Hand the message over; what the sink raises is raised."""
        await self._sink(message)
        return Sent(message.reference)

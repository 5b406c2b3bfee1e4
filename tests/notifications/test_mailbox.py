"""In the demo a message lands where a visitor can read it."""

from app.platform.notifications.channels.mailbox import MailboxChannel
from app.platform.notifications.channels.ports import ChannelName, OutgoingMessage, Sent


async def test_a_message_is_kept_instead_of_sent() -> None:
    kept: list[OutgoingMessage] = []

    async def keep(message: OutgoingMessage) -> None:
        kept.append(message)

    code = OutgoingMessage(
        channel=ChannelName.SMS,
        address="13800138000",
        subject="验证码",
        text="您的验证码是 123456。",
        reference="delivery-1",
    )
    result = await MailboxChannel(keep).send(code)

    assert result == Sent("delivery-1")
    assert kept == [code]

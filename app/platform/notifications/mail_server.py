"""The mail server of the settings, for whoever wants to know whether it lets us in."""

from app.platform.kernel.runtime import Runtime
from app.platform.notifications.channels.email import SmtpChannel, smtp_settings


async def greet_mail_server(runtime: Runtime) -> bool:
    """Connect, sign in and leave; no letter is sent. Whether there is one at all.

    Raises:
        aiosmtplib.SMTPException, OSError: it does not answer, or does not let us in.
        ValueError: its address cannot be one.
    """
    settings = runtime.settings
    if settings.smtp_url is None:
        return False
    smtp = smtp_settings(settings.smtp_url.get_secret_value(), settings.mail_from)
    await SmtpChannel(smtp, now=runtime.clock.now).greet()
    return True

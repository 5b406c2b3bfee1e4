"""What the settings leave out that an installation in production needs."""

from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from app.cli.doctor.findings import Finding, ok, warning
from app.platform.kernel.runtime import Runtime

SUBJECT: Final = "settings"


async def look_at_settings(runtime: Runtime) -> list[Finding]:
    """Settings that cannot be used at all end the program before any check begins."""
    settings = runtime.settings
    if settings.environment != "production":
        told = f"environment is {settings.environment}: letters stay in the mailbox page"
        return [warning(SUBJECT, told, "set YINGHUO_ENVIRONMENT=production where people work")]
    lacking = [
        (settings.smtp_url is None, "nobody gets a letter", "set YINGHUO_SMTP_URL"),
        ("@localhost" in settings.mail_from, "letters come from localhost", "set YINGHUO_MAIL_FROM"),
        (settings.metrics_token is None, "there is no /metrics", "set YINGHUO_METRICS_TOKEN"),
        (
            settings.s3_bucket is None,
            "files lie in a folder of this machine",
            "set YINGHUO_S3_BUCKET before the web runs on a second one",
        ),
        (
            _behind_a_proxy(settings.public_url) and not settings.trusted_proxies,
            "whoever comes through a proxy shares its address, and its limits",
            "set YINGHUO_TRUSTED_PROXIES to the proxy's addresses",
        ),
    ]
    found = [warning(SUBJECT, told, remedy) for lacks, told, remedy in lacking if lacks]
    return found or [ok(SUBJECT, "complete")]


def _behind_a_proxy(public_url: str) -> bool:
    """Our own servers speak plain HTTP: whoever is reached by https at a name has something in front of them."""
    host = urlsplit(public_url).hostname or ""
    try:
        return not ip_address(host).is_loopback
    except ValueError:
        return host != "localhost"

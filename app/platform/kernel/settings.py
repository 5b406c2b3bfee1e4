"""Settings, read from the environment (and the file that `YINGHUO_SETTINGS` names, else `.yinghuo/settings.env` beside
the checkout), validated at start.

Every setting is listed in docs/operations.md. Secrets are `SecretStr`: they never print.
"""

import os
from functools import cache
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit, urlunsplit

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

DATABASE_ROLES = ("owner", "app", "signin", "sweeper", "network", "backup")
DatabaseRole = Literal["owner", "app", "signin", "sweeper", "network", "backup"]
ROLE_PREFIX = "yinghuo_"


SETTINGS_FILE = ".yinghuo/settings.env"


class SettingsUnusable(Exception):
    """What the environment says does not make up settings; its text is one sentence for the operator."""


class Settings(BaseSettings):
    """All that an operator can decide. Names in the environment are upper case without a prefix where the world has a
    custom (`DATABASE_URL`, `REDIS_URL`), and `YINGHUO_…` otherwise."""

    model_config = SettingsConfigDict(
        env_prefix="YINGHUO_",
        env_file=SETTINGS_FILE,
        extra="ignore",
        populate_by_name=True,
        use_attribute_docstrings=True,
    )

    environment: Literal["production", "demo", "test"] = "production"
    """`production` insists on https; `demo` and `test` keep letters in the mailbox page instead of sending them."""
    database_url: SecretStr = Field(validation_alias="DATABASE_URL")
    """The app role's connection. The other roles' are derived from it unless set: same server, same password."""
    database_owner_url: SecretStr | None = Field(default=None, validation_alias="DATABASE_OWNER_URL")
    """Connection of the role that owns the tables; `migrate` uses it, and the erasure of partners that have left."""
    database_signin_url: SecretStr | None = Field(default=None, validation_alias="DATABASE_SIGNIN_URL")
    """Connection of the role that looks up accounts and sessions before anybody is known."""
    database_sweeper_url: SecretStr | None = Field(default=None, validation_alias="DATABASE_SWEEPER_URL")
    """Connection of the role that sees what is due, across tenants."""
    database_network_url: SecretStr | None = Field(default=None, validation_alias="DATABASE_NETWORK_URL")
    """Connection of the role that reads headquarters' figures, across tenants."""
    database_pool_size: int = Field(default=8, ge=1, le=64)
    """Connections that a process keeps per role, 1 to 64."""
    redis_url: SecretStr = Field(validation_alias="REDIS_URL")
    """Redis or Valkey: Celery's messages, live updates, throttles. Set `maxmemory-policy noeviction` there."""
    public_url: str = "http://127.0.0.1:8000"
    """The address that people reach the system by; links in messages and labels are made from it, never from a
    request's Host header."""
    secret: SecretStr = Field(min_length=32)
    """Signs CSRF tokens and hashes tokens. At least 32 characters."""
    former_secrets: tuple[SecretStr, ...] = ()
    """Secrets that were used before: what they have sealed (second factors) can still be read. A JSON list."""
    require_second_factor: bool | None = None
    """Whether headquarters' people and partners' owners need a second factor. Always in production, where it cannot be
    switched off; elsewhere only if set."""
    password_memory_kibibytes: int = Field(default=19_456, ge=64)
    """Memory that hashing one password takes (argon2id, OWASP's advice: 19 MiB)."""
    data_directory: Path = Path(".yinghuo")
    """Where uploaded files lie, unless a bucket is named."""
    s3_bucket: str | None = None
    """A private bucket of an S3-compatible service for uploaded files: needed once the web runs on two machines."""
    s3_endpoint: str | None = None
    """The service's address, such as `https://oss-cn-hangzhou.aliyuncs.com`; without it AWS."""
    s3_region: str = "us-east-1"
    """The bucket's region."""
    s3_access_key_id: str | None = None
    """Access key for the bucket; without it the machine's role is used."""
    s3_access_key_secret: SecretStr | None = None
    """The secret that belongs to the access key."""
    tenant_retention_days: int = Field(default=184, ge=30, le=3650)
    """How long a terminated partner's records are kept before they are erased, 30 to 3650 days; headquarters may choose
    otherwise for one partner. 184 days are the longest six months, for which the law has network logs kept."""
    log_retention_days: int = Field(default=184, ge=0, le=3650)
    """How long the audit entries of an erased partner stay after they were written: network logs are kept for six
    months at least. What is younger when the rest is erased follows later."""
    notification_retention_days: int = Field(default=184, ge=30, le=3650)
    """How long a line stays in somebody's bell, read or not, 30 to 3650 days."""
    delivery_retention_days: int = Field(default=184, ge=184, le=3650)
    """How long it stays on record which message went to whom, 184 to 3650 days: network logs are kept for six months
    at least."""
    escalation_retention_days: int = Field(default=1096, ge=184, le=3650)
    """How long the steps that a promise's clock reached stay on record once it stands, 184 to 3650 days. Three years:
    so long may somebody claim that a promise was not kept (Civil Code, article 188)."""
    turning_file: Path | None = None
    """A file that relay and worker touch every few seconds while they turn, for whoever watches over processes without
    a port (the chart's liveness probes)."""
    log_format: Literal["json", "console"] = "json"
    """`json`, one object a line, or `console` for people."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """What is less severe is not written."""
    requests_per_minute: int = Field(default=600, ge=10)
    """What one signed-in caller may ask of one web process in a minute; visitors behind one address share half."""
    metrics_token: SecretStr | None = None
    """Bearer token for /metrics; without it /metrics does not exist in production."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses whose X-Forwarded-For is believed."""
    inside_networks: tuple[str, ...] = ()
    """Networks of yours, as 10.0.0.0/8, that identity providers may be asked in, also without https; all other
    addresses that are not public are refused. A JSON list."""
    smtp_url: SecretStr | None = None
    """`smtp[s]://user:password@host:port`; without it e-mail lands in the mailbox page (demo and test only)."""
    mail_from: str = "萤火 <no-reply@localhost>"
    """Sender of all letters."""
    sms_access_key_id: str | None = None
    """Access key of Alibaba Cloud SMS; without it nobody is asked for a code by SMS."""
    sms_access_key_secret: SecretStr | None = None
    """The secret that belongs to the access key."""
    sms_sign_name: str = "萤火"
    """The signature that the provider has approved."""
    sms_template_code: str | None = None
    """The template for codes that the provider has approved."""
    sms_endpoint: str = "https://dysmsapi.aliyuncs.com"
    """The provider's address."""

    stripe_secret_key: SecretStr | None = None
    """The platform's secret key at Stripe; without it no partner takes payments online."""
    stripe_webhook_secret: SecretStr | None = None
    """Signs what Stripe tells the endpoint `/api/v1/payment-events/stripe`."""
    stripe_address: str = ""
    """Another address than Stripe's own, for tests."""
    application_fee_basis_points: int = Field(default=0, ge=0, le=10_000)
    """What the platform keeps of every online payment, in hundredths of a percent."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not self.database_url.get_secret_value().startswith(("postgresql://", "postgres://")):
            raise ValueError("DATABASE_URL must be a postgresql:// address")
        if not self.redis_url.get_secret_value().startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("REDIS_URL must be a redis:// address")
        if urlsplit(self.public_url).scheme not in ("http", "https") or not urlsplit(self.public_url).hostname:
            raise ValueError("YINGHUO_PUBLIC_URL must be an http(s) address")
        if self.environment == "production" and not self.public_url.startswith("https://"):
            raise ValueError("YINGHUO_PUBLIC_URL must be https in production")
        if self.environment == "production" and (self.s3_endpoint or "https:").startswith("http://"):
            raise ValueError("YINGHUO_S3_ENDPOINT must be https in production")
        if self.environment == "production" and self.require_second_factor is False:
            raise ValueError("YINGHUO_REQUIRE_SECOND_FACTOR cannot be switched off in production")
        return self

    @property
    def second_factor_required(self) -> bool:
        """Whether those with far-reaching rights must have a second factor."""
        return self.environment == "production" if self.require_second_factor is None else self.require_second_factor

    @property
    def all_secrets(self) -> tuple[bytes, ...]:
        """The present secret and the former ones, in this order."""
        return tuple(each.get_secret_value().encode() for each in (self.secret, *self.former_secrets))

    @property
    def secure_cookies(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def sms_configured(self) -> bool:
        return self.sms_access_key_id is not None

    def database_address(self, role: DatabaseRole) -> str:
        """The SQLAlchemy address of one database role."""
        own: SecretStr | None = getattr(self, f"database_{role}_url", None)
        address = (own or self.database_url).get_secret_value()
        parts = urlsplit(address)
        netloc = parts.netloc
        if own is None and role != "app":
            credentials, _, host = netloc.rpartition("@")
            _, colon, password = credentials.partition(":")
            netloc = f"{ROLE_PREFIX}{role}{colon}{password}@{host}"
        return urlunsplit(("postgresql+asyncpg", netloc, parts.path, parts.query, ""))


@cache
def settings() -> Settings:
    """The process's settings.

    Raises:
        SettingsUnusable: one is missing, or cannot be what it says.
    """
    file = os.environ.get("YINGHUO_SETTINGS", SETTINGS_FILE)
    if file != SETTINGS_FILE and not os.access(file, os.R_OK):
        raise SettingsUnusable(f"YINGHUO_SETTINGS names {file}, which cannot be read.")
    try:
        return Settings(_env_file=file)
    except ValidationError as error:
        raise SettingsUnusable(_describe(error)) from None


def _describe(error: ValidationError) -> str:
    """The settings at fault by the names that operators know; never what they hold."""
    faults = error.errors(include_input=False, include_url=False)
    missing = [_in_environment(fault["loc"]) for fault in faults if fault["type"] == "missing"]
    wrong = [f"{_in_environment(fault['loc'])}: {fault['msg']}" for fault in faults if fault["type"] != "missing"]
    if missing:
        wrong.insert(0, f"missing: {', '.join(missing)}")
    return f"The settings cannot be used ({'; '.join(wrong)}): docs/operations.md lists them."


def _in_environment(location: tuple[int | str, ...]) -> str:
    name = str(location[0]) if location else ""
    return name if not name or name.isupper() else f"YINGHUO_{name.upper()}"

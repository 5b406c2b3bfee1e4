"""Calls of people whose client is not known yet."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.kernel.model import Isolation, TenantModel


class UnknownCaller(TenantModel):
    """A call whose client is not known yet, with the notes taken, until it becomes a ticket."""

    __tablename__ = "unknown_caller"
    __isolation__ = Isolation.PROVIDER

    name: Mapped[str] = mapped_column(String(60), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    company: Mapped[str] = mapped_column(String(120), default="")
    """As the caller said it."""
    words: Mapped[str] = mapped_column(Text, default="")
    called_at: Mapped[datetime]
    taken_by_name: Mapped[str] = mapped_column(String(80))

"""Proof that a scheduled job has run for its slot."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.kernel.model import Isolation, TenantModel, tenant_unique


class JobRun(TenantModel):
    """One run of one scheduled job. The slot (a date, an hour) is unique per job: two schedulers do the work once."""

    __tablename__ = "job_run"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (tenant_unique("job_run", "job", "slot"),)

    job: Mapped[str] = mapped_column(String(60))
    slot: Mapped[str] = mapped_column(String(40))
    started_at: Mapped[datetime]

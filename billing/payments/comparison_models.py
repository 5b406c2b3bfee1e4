"""The table of how the books were found last."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped

from app.platform.kernel.model import Isolation, TenantModel


class BooksCheck(TenantModel):
    """In how many places a company's books did not agree when they were compared last. `id` is the company's."""

    __tablename__ = "books_check"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (CheckConstraint("differences >= 0", name="differences"),)

    differences: Mapped[int]
    checked_at: Mapped[datetime]

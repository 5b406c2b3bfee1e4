"""What of the books operators are told in figures."""

from typing import Final

from sqlalchemy import func, select

from app.platform.http.operator_figures import OperatorFigure
from app.platform.kernel.runtime import Runtime
from billing.payments.comparison_models import BooksCheck


async def _differences(runtime: Runtime) -> float:
    """Asked across companies, of sums alone."""
    async with runtime.engine("network").connect() as connection:
        return float(await connection.scalar(select(func.coalesce(func.sum(BooksCheck.differences), 0))) or 0)


BOOKS_DIFFERENCES: Final = OperatorFigure(
    "yinghuo_books_differences",
    "In how many places documents, ledger and payments of all companies did not agree last night",
    _differences,
)

"""Numbers of issued invoices: gapless however many are issued at once."""

import asyncio

import pytest

from app.platform.kernel.settings import Settings
from tests.invoicing.conftest import Finance, Item


@pytest.fixture(scope="module")
def test_settings(test_settings: Settings) -> Settings:
    """Connections for fifty who issue at once."""
    return test_settings.model_copy(update={"database_pool_size": 50})


@pytest.mark.slow(30, "fifty transactions that wait for one number")
async def test_fifty_issues_at_once_have_fifty_successive_numbers(finance: Finance) -> None:
    drafts = [await finance.draft([Item(100 + number)]) for number in range(50)]
    issued = await asyncio.gather(*(finance.issue(draft) for draft in drafts))
    assert sorted(invoice.number for invoice in issued) == [f"FP-2026-{number:06d}" for number in range(1, 51)]

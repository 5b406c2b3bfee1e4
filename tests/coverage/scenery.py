"""What nobody else may see of the coverage of tickets."""

import httpx

from tests.isolation.scenery import SECRET, SceneryMaker


async def make(scenery: SceneryMaker, _: httpx.AsyncClient) -> None:
    """An answer with its reason."""
    await scenery.row("ticket_coverage", answer="covered", note="included", contract_number=SECRET, revision=1)
    await scenery.row(
        "ticket_coverage_reason",
        answer="covered",
        reason="included",
        revision=1,
        line_name=SECRET,
        explanation=SECRET,
        question={},
    )

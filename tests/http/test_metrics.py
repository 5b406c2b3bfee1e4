"""Prometheus metrics: no caller can invent label values."""

from prometheus_client import generate_latest

from tests.conftest import ClientFor


async def test_an_invented_method_makes_no_series_of_its_own(http: ClientFor) -> None:
    visitor = await http(None)
    for method in ("BREW", "BREW2"):
        await visitor.request(method, "/api/v1/tickets")
    series = generate_latest().decode()
    assert "BREW" not in series
    assert 'method="other"' in series


async def test_an_invented_address_makes_no_series_of_its_own(http: ClientFor) -> None:
    visitor = await http(None)
    await visitor.get("/no/such/page-4711")
    series = generate_latest().decode()
    assert "page-4711" not in series
    assert 'route="unmatched"' in series


async def test_what_readiness_finds_are_figures_too(http: ClientFor) -> None:
    visitor = await http(None)
    told = (await visitor.get("/metrics")).text
    assert 'yinghuo_component_up{component="database"} 1.0' in told
    assert "yinghuo_oldest_event_seconds" in told
    assert "yinghuo_oldest_entry_seconds" in told

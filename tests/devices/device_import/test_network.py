"""Addresses of hosts as lists write them."""

from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assets.devices.device_import.network_addresses import ip_address_field
from app.platform.imports.reading.converters import CellContext


@given(st.one_of(st.integers(0, 2**32 - 1), st.integers(0, 255).map(lambda first: first << 24 | 1)).map(IPv4Address))
def test_a_plain_address_is_kept_as_it_is_exactly_where_it_is_a_hosts(address: IPv4Address) -> None:
    is_no_host = (
        address.is_unspecified
        or address.is_multicast
        or address.is_loopback
        or address == IPv4Address("255.255.255.255")
    )
    assert ip_address_field(str(address), CellContext(0)) == (None if is_no_host else str(address))


@pytest.mark.parametrize(
    ("written", "stored"),
    [("010.001.000.001", "10.1.0.1"), ("10.0.0.5/24", "10.0.0.5"), ("10.0.0.256", None), ("1.2.3", None)],
)
def test_other_spellings_are_read_or_left_out(written: str, stored: str | None) -> None:
    assert ip_address_field(written, CellContext(0)) == stored

"""IP and MAC addresses as people write them into lists."""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final

from app.platform.imports.reading.converters import CellContext, clean_code
from app.platform.imports.reading.workbook import CellValue

_DYNAMIC: Final = frozenset({"dhcp", "自动", "自动获取", "动态", "动态获取", "auto"})
_SEVERAL = re.compile(r"[,;、|\s]+|(?<=\d)/(?=\d{1,3}\.)")
_PREFIX_LENGTH = re.compile(r"/\d{1,3}$")
_LEADING_ZEROS = re.compile(r"(?<![\d:a-fA-F])0+(?=\d)")
_PLAIN_HOST = re.compile(
    r"(?!127\.)(?:[1-9]\d?|1\d\d|2[01]\d|22[0-3])(?:\.(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}", re.ASCII
)
"""An IPv4 address that can only be a host's and is written as it is stored: nearly all are, and need no parser."""
_MAC_SEPARATORS = re.compile(r"[\s:.\-]")
_MAC = re.compile(r"[0-9A-F]{12}")


def ip_address_field(value: CellValue, cell: CellContext) -> str | None:
    """A host's IPv4 or IPv6 address in its usual form; "DHCP" means that there is none to store."""
    text = clean_code(value, cell)
    if not text or text.lower() in _DYNAMIC:
        return None
    first, *others = _SEVERAL.split(text.replace("。", ".").strip(",;、|"))
    address = _host_address(first)
    if address is None:
        cell.warn("ip_invalid", value=text)
        return None
    if others:
        cell.warn("ip_several", value=text, stored=address)
    elif address != text.lower():
        cell.warn("ip_respelt", value=text, stored=address)
    return address


def _host_address(text: str) -> str | None:
    if _PLAIN_HOST.fullmatch(text):
        return text
    plain = _PREFIX_LENGTH.sub("", text)
    if ":" not in plain:
        plain = _LEADING_ZEROS.sub("", plain)
    try:
        address: IPv4Address | IPv6Address = ip_address(plain)
    except ValueError:
        return None
    is_no_host = address.is_unspecified or address.is_multicast or address.is_loopback
    if is_no_host or "%" in plain or address == IPv4Address("255.255.255.255"):
        return None
    return str(address)


def mac_address_field(value: CellValue, cell: CellContext) -> str | None:
    """A MAC address as `AA:BB:CC:DD:EE:FF`, from any of the usual groupings."""
    text = clean_code(value, cell)
    if not text:
        return None
    digits = _MAC_SEPARATORS.sub("", text).upper()
    if _MAC.fullmatch(digits) is None or digits in {"0" * 12, "F" * 12}:
        cell.warn("mac_invalid", value=text)
        return None
    return ":".join(digits[start : start + 2] for start in range(0, 12, 2))

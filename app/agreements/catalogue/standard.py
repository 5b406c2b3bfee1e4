"""The network's standard of service and product categories, as data. A new tenant adopts it whole (T2)."""

from typing import Final, NamedTuple

from app.platform.kernel.texts import N_
from tenants.partners import SERVICE_CATEGORIES as AUTHORISABLE


class StandardProductCategory(NamedTuple):
    """One product category; `name` is the Chinese source text."""

    code: str
    name: str


SERVICE_CATEGORIES: Final = tuple(AUTHORISABLE.values())
"""The same categories that headquarters authorises partners for."""

PRODUCT_CATEGORIES: Final = (
    StandardProductCategory("desktop", N_("台式电脑")),
    StandardProductCategory("laptop", N_("笔记本电脑")),
    StandardProductCategory("peripheral", N_("电脑附属设备")),
    StandardProductCategory("network", N_("网络")),
    StandardProductCategory("platform", N_("平台系统")),
    StandardProductCategory("office_software", N_("办公软件")),
    StandardProductCategory("tool_software", N_("工具软件")),
)
"""[S1 §7.1]"""

PRODUCT_CATEGORY_OF_DEVICE: Final = {
    "desktop": "desktop",
    "pos": "desktop",
    "laptop": "laptop",
    "tablet": "laptop",
    "monitor": "peripheral",
    "printer": "peripheral",
    "copier": "peripheral",
    "scanner": "peripheral",
    "projector": "peripheral",
    "camera": "peripheral",
    "attendance": "peripheral",
    "ups": "peripheral",
    "switch": "network",
    "router": "network",
    "firewall": "network",
    "wireless": "network",
    "phone": "network",
    "server": "platform",
    "storage": "platform",
}
"""Category of a device file → product category; a category that is not here (`other`) has none."""

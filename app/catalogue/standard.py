"""The network's standard of service and product categories, as data. A new tenant adopts it whole (T2)."""

from typing import Final, NamedTuple

from app.kernel.texts import N_


class ServiceCategoryStandard(NamedTuple):
    """One service category; `name` is the Chinese source text."""

    code: str
    name: str
    separately_billed: bool = False


class ProductCategoryStandard(NamedTuple):
    """One product category; `name` is the Chinese source text."""

    code: str
    name: str


SERVICE_CATEGORIES: Final = (
    ServiceCategoryStandard("software", N_("软件服务")),
    ServiceCategoryStandard("hardware", N_("硬件服务")),
    ServiceCategoryStandard("consulting", N_("咨询服务")),
    ServiceCategoryStandard("network", N_("网络维护")),
    ServiceCategoryStandard("network_security", N_("网络安全"), separately_billed=True),
    ServiceCategoryStandard("data_recovery", N_("数据安全与恢复"), separately_billed=True),
    ServiceCategoryStandard("quick_delivery", N_("快速配送")),
    ServiceCategoryStandard("asset_management", N_("IT 资产管理")),
    ServiceCategoryStandard("training", N_("应用培训")),
    ServiceCategoryStandard("optimisation", N_("优化服务")),
    ServiceCategoryStandard("personalised", N_("个性化服务"), separately_billed=True),
    ServiceCategoryStandard("website", N_("网站设计与维护"), separately_billed=True),
    ServiceCategoryStandard("device_insurance", N_("设备保险"), separately_billed=True),
)
"""[S1 §7.2], which holds all of [S0 §2.3.1]; 单独计费 as marked there."""

PRODUCT_CATEGORIES: Final = (
    ProductCategoryStandard("desktop", N_("台式电脑")),
    ProductCategoryStandard("laptop", N_("笔记本电脑")),
    ProductCategoryStandard("peripheral", N_("电脑附属设备")),
    ProductCategoryStandard("network", N_("网络")),
    ProductCategoryStandard("platform", N_("平台系统")),
    ProductCategoryStandard("office_software", N_("办公软件")),
    ProductCategoryStandard("tool_software", N_("工具软件")),
)
"""[S1 §7.1]"""

PRODUCT_OF_DEVICE: Final = {
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
"""Category of a device file → product category; a category that is not here (`other`) says nothing."""

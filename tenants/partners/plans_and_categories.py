"""What an applicant chooses from, and what headquarters authorises: subscription plans and service categories."""

from typing import Final, NamedTuple

from app.platform.kernel.texts import N_


class Plan(NamedTuple):
    """A subscription by size of the company; what it costs is agreed with headquarters."""

    code: str
    name: str
    line: str


class ServiceCategoryStandard(NamedTuple):
    """A service category that every tenant adopts. `name` is the Chinese source text; 单独计费 marks what is billed
    separately."""

    code: str
    name: str
    separately_billed: bool = False


PLANS: Final = {
    plan.code: plan
    for plan in (
        Plan("starter", N_("起步"), N_("5 位工程师以内，约 500 台设备")),
        Plan("standard", N_("标准"), N_("20 位工程师以内，约 3000 台设备")),
        Plan("large", N_("规模"), N_("20 位工程师以上，或多个城市")),
    )
}

SERVICE_CATEGORIES: Final = {
    category.code: category
    for category in (
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
}
"""By code [S1 §7.2], which holds all of [S0 §2.3.1]."""

"""What an applicant chooses from, and what headquarters authorises: subscription plans and service categories."""

from typing import Final, NamedTuple

from app.kernel.texts import N_


class Plan(NamedTuple):
    """A subscription by size of the company; what it costs is agreed with headquarters."""

    code: str
    name: str
    line: str


class AuthorisedCategory(NamedTuple):
    """A service category of the network's standard [S1 §7.2]. `name` is the Chinese source text."""

    code: str
    name: str


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
        AuthorisedCategory("software", N_("软件服务")),
        AuthorisedCategory("hardware", N_("硬件服务")),
        AuthorisedCategory("consulting", N_("咨询服务")),
        AuthorisedCategory("network", N_("网络维护")),
        AuthorisedCategory("network_security", N_("网络安全")),
        AuthorisedCategory("data_recovery", N_("数据安全与恢复")),
        AuthorisedCategory("quick_delivery", N_("快速配送")),
        AuthorisedCategory("asset_management", N_("IT 资产管理")),
        AuthorisedCategory("training", N_("应用培训")),
        AuthorisedCategory("optimisation", N_("优化服务")),
        AuthorisedCategory("personalised", N_("个性化服务")),
        AuthorisedCategory("website", N_("网站设计与维护")),
        AuthorisedCategory("device_insurance", N_("设备保险")),
    )
}

"""Errors of insurance."""

from app.platform.kernel.errors import Conflict, Invalid
from app.platform.kernel.texts import N_


class PolicyMoveRefused(Conflict):
    """The policy is not in a state for this."""

    code = "insurance_policy.move_refused"
    text = N_("保单现在的状态不能这样操作，请刷新后再试。")


class InsuranceNotAuthorised(Conflict):
    """Headquarters has not authorised the company for device insurance (N2)."""

    code = "insurance_policy.not_authorised"
    text = N_("总部还没有授权贵公司做设备保险，不能新立保单或加保设备。")


class InsuranceProductTaken(Conflict):
    """The catalogue entry is a product already."""

    code = "insurance_product.taken"
    text = N_("这项增值服务已经有保险条款。")


class InsuranceAddonUnfit(Invalid):
    """A product belongs to a service of the catalogue that insures one device and is subscribed."""

    code = "insurance_product.addon_unfit"
    text = N_("请选择目录里按设备订阅、类别为设备保险的服务。")


class DeviceNotInsurable(Invalid):
    """No rate of the product fits the device's category and age."""

    code = "insurance_policy.device_not_insurable"
    text = N_("设备 %(number)s 的类别或机龄没有对应的费率，不能承保。")


class DeviceUnfit(Invalid):
    """Devices that are not the client's, or not in use any more."""

    code = "insurance_policy.device_unfit"
    text = N_("客户没有这些在用的设备：%(numbers)s。")


class DeviceInsuredAlready(Conflict):
    """A device is under one policy at a time, and its cover is not ordered as an add-on beside it."""

    code = "insurance_policy.device_insured_already"
    text = N_("设备 %(number)s 已经有保单或正在使用同类的增值服务，不能重复收费。")


class PolicyEmpty(Conflict):
    """A policy without devices does not begin."""

    code = "insurance_policy.empty"
    text = N_("保单上还没有设备。")


class PolicyDayWrong(Invalid):
    """The day cannot be the first or the last of this policy."""

    code = "insurance_policy.day_wrong"
    text = N_("日期应在 %(earliest)s 和 %(latest)s 之间。")

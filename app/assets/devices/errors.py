"""Errors of the device area."""

from app.platform.kernel.errors import Conflict, Invalid
from app.platform.kernel.texts import N_


class NumberTaken(Conflict):
    """The client already has a device with this number."""

    code = "device.number_taken"
    text = N_("这个客户已经有编号为“%(number)s”的设备。")


class StateMoveRefused(Conflict):
    """`states.DEVICE` does not allow this change of state."""

    code = "device.move_refused"
    text = N_("设备现在是这个状态，不能直接改成所选状态。")


class DeviceFieldRefused(Invalid):
    """A field of a device file cannot be kept as it was written; `fields` says which and why."""

    code = "device.invalid"
    text = N_("这些内容需要改正。")


class NothingChosen(Invalid):
    """Labels or PINs were asked for without a device."""

    code = "device.none_selected"
    text = N_("请先选择设备。")


class TooManyChosen(Invalid):
    """More devices than one print takes; `maximum` is the limit."""

    code = "device.too_many_selected"
    text = N_("一次最多选择 %(maximum)s 台设备。")


class NoHolder(Conflict):
    """A PIN belongs to a holder, and these devices have none; `numbers` names the first of them."""

    code = "device.holder_missing"
    text = N_("这些设备没有使用人，也不是公用设备，不能发放报修密码：%(numbers)s。")


class DeviceGone(Conflict):
    """The device is retired or lost."""

    code = "device.out_of_use"
    text = N_("这些设备已报废或丢失，不能打印标签：%(numbers)s。")


class NoLabel(Conflict):
    """The device has no active label to revoke."""

    code = "device.label_missing"
    text = N_("这台设备没有有效的标签。")

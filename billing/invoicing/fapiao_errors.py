"""Errors of 发票."""

from app.platform.kernel.errors import Conflict
from app.platform.kernel.texts import N_


class FapiaoLiving(Conflict):
    """The invoice has a 发票 already."""

    code = "fapiao.living"
    text = N_("这张账单已经有发票，红冲之后才能再开。")


class FapiaoNothingLeft(Conflict):
    """All of the invoice was given back, or it asked for nothing."""

    code = "fapiao.nothing_left"
    text = N_("这张账单没有可以开票的金额。")


class FapiaoNumberTaken(Conflict):
    """Another 发票 of the company has this number."""

    code = "fapiao.number_taken"
    text = N_("发票号码 %(number)s 已经登记在别的发票上。")

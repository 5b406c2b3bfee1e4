"""Errors of 发票."""

from app.platform.kernel.errors import Conflict, Invalid
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


class FapiaoFileUnreadable(Invalid):
    """An XML file that is no 发票 of the tax office, or lacks what it must tell."""

    code = "fapiao.file_unreadable"
    text = N_("这个 XML 不是数电发票，或缺少号码、日期、金额、购销双方。请从电子税务局重新下载。")


class FapiaoFileDiffers(Invalid):
    """The file is of another 发票. Parameters: `what`, `found`, `expected`."""

    code = "fapiao.file_differs"
    text = N_("这是另一张发票的文件：%(what)s是“%(found)s”，应为“%(expected)s”。")

"""Source texts of the issues that any list can have, by issue code; a kind of list adds its own."""

from typing import Final

from app.platform.kernel.texts import N_

MESSAGES: Final = {
    "value_missing": N_("没有填写，无法导入。"),
    "value_duplicate": N_("“%(value)s”与 %(first)s 重复，请核对。"),
    "number_unusable": N_("编号“%(value)s”含有不能使用的字符，请改用字母、数字和连字符。"),
    "amount_unusable": N_("“%(value)s”不是可用的金额或数量：不能为负，小数不能过长。"),
    "too_long": N_("有 %(length)s 个字，最多 %(maximum)s 个，请缩短。"),
    "same_as_above": N_("“%(value)s”已按上一行的“%(stored)s”导入。"),
    "encoding_doubtful": N_("“%(value)s”像是文字编码认错了（现按 %(encoding)s 读），请换一种编码再试读。"),
    "full_width": N_("“%(value)s”含全角字符，已按“%(stored)s”导入。"),
    "control_characters": N_("含有不可见的控制字符，已去除。"),
    "formula_cell": N_("这里是公式，已取其结果“%(value)s”。"),
    "formula_text": N_("“%(value)s”看起来是公式，已按文字导入，请核对。"),
    "cell_error": N_("这里是 Excel 错误值，已留空。"),
    "digits_lost": N_("“%(value)s”位数过多，Excel 已丢失末尾数字，请把该列改为文本后重填。"),
    "date_in_text": N_("“%(value)s”被 Excel 当成了日期，请核对。"),
    "date_odd": N_("日期“%(value)s”写法不规范，已按 %(stored)s 导入。"),
    "date_serial": N_("日期写成了数字“%(value)s”，已按 %(stored)s 导入。"),
    "date_swapped": N_("日期“%(value)s”的月和日可能写反，已按 %(stored)s 导入。"),
    "date_without_day": N_("日期“%(value)s”没有日，已按 %(stored)s 导入。"),
    "date_impossible": N_("没有“%(value)s”这一天，已留空。"),
    "date_ambiguous": N_("日期“%(value)s”有多种读法，已留空，请写成 2026-03-05 的样子。"),
    "date_unreadable": N_("看不懂日期“%(value)s”，已留空，请写成 2026-03-05 的样子。"),
    "date_implausible": N_("日期“%(value)s”不合常理，已留空。"),
    "mobile_invalid": N_("“%(value)s”不是有效的手机号码，已留空。"),
    "phone_invalid": N_("“%(value)s”不是有效的电话号码，已留空。"),
    "email_invalid": N_("“%(value)s”不是有效的邮箱，已留空。"),
    "flag_unreadable": N_("“%(value)s”看不出是或否，已留空。"),
    "choice_unknown": N_("不认识“%(value)s”，已留空。"),
    "name_padded": N_("“%(value)s”已按“%(stored)s”导入。"),
    "changed_by_person": N_("%(day)s 有人把它改成了“%(value)s”，这次不改；要以清单为准，请在上面选择。"),
    # Rows that are left out without being refused.
    "skipped_total": N_("合计行"),
    "skipped_remark": N_("说明行"),
    "skipped_unfilled": N_("只有序号的空行"),
    "skipped_heading": N_("重复的表头"),
}

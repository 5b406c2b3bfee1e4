"""Brand and model written into one cell, `联想 启天M410`, taken apart by the brand in front."""

import re
from typing import Final

_BRANDS: Final[dict[str, tuple[str, ...]]] = {
    "联想": ("联想", "lenovo", "thinkpad", "thinkcentre", "thinkstation", "thinksystem", "ideapad"),
    "戴尔": ("戴尔", "dell"),
    "惠普": ("惠普", "hp", "hewlett-packard"),
    "慧与": ("慧与", "hpe"),
    "华为": ("华为", "huawei"),
    "新华三": ("新华三", "华三", "h3c"),
    "思科": ("思科", "cisco"),
    "浪潮": ("浪潮", "inspur"),
    "中科曙光": ("中科曙光", "曙光", "sugon"),
    "超聚变": ("超聚变", "xfusion"),
    "苹果": ("苹果", "apple", "macbook", "imac"),
    "华硕": ("华硕", "asus"),
    "宏碁": ("宏碁", "宏基", "acer"),
    "清华同方": ("清华同方", "同方"),
    "方正": ("方正", "founder"),
    "长城": ("长城",),
    "小米": ("小米", "redmi"),
    "荣耀": ("荣耀", "honor"),
    "微软": ("微软", "microsoft", "surface"),
    "神舟": ("神舟", "hasee"),
    "兄弟": ("兄弟", "brother"),
    "佳能": ("佳能", "canon"),
    "爱普生": ("爱普生", "epson"),
    "富士通": ("富士通", "fujitsu"),
    "富士施乐": ("富士施乐", "施乐", "fuji xerox", "xerox"),
    "理光": ("理光", "ricoh"),
    "京瓷": ("京瓷", "kyocera"),
    "柯尼卡美能达": ("柯尼卡美能达", "柯美", "konica minolta"),
    "三星": ("三星", "samsung"),
    "奔图": ("奔图", "pantum"),
    "得力": ("得力", "deli"),
    "斑马": ("斑马", "zebra"),
    "海信": ("海信", "hisense"),
    "商米": ("商米", "sunmi"),
    "明基": ("明基", "benq"),
    "极米": ("极米", "xgimi"),
    "海康威视": ("海康威视", "海康", "hikvision"),
    "大华": ("大华", "dahua"),
    "锐捷": ("锐捷", "ruijie"),
    "普联": ("普联", "tp-link", "tplink"),
    "中兴": ("中兴", "zte"),
    "深信服": ("深信服", "sangfor"),
    "群晖": ("群晖", "synology"),
    "飞利浦": ("飞利浦", "philips"),
    "冠捷": ("冠捷", "aoc"),
    "山特": ("山特", "santak"),
    "艾默生": ("艾默生", "emerson"),
    "施耐德": ("施耐德", "apc"),
}
_PRODUCT_LINES: Final = frozenset(
    {"thinkpad", "thinkcentre", "thinkstation", "thinksystem", "ideapad", "macbook", "imac"} | {"redmi", "surface"}
)
"""Names that tell the brand and are part of the model as well."""

_BRAND_OF: Final = {spelling: brand for brand, spellings in _BRANDS.items() for spelling in spellings}
_LEADING_BRAND = re.compile(
    r"[(（]?("
    + "|".join(
        re.escape(spelling) + (r"(?![A-Za-z])" if spelling.isascii() else "")
        for spelling in sorted(_BRAND_OF, key=len, reverse=True)
    )
    + r")[\s\-_/:：)）]*",
    re.IGNORECASE,
)


def split_brand_and_model(text: str) -> tuple[str | None, str | None]:
    """Brand by its Chinese name and the rest as model; all is the model if no brand is known.

    A brand named twice, `戴尔(DELL) OptiPlex`, is taken off twice.
    """
    brand = None
    model = text
    while match := _LEADING_BRAND.match(model):
        named = _BRAND_OF[match[1].lower()]
        if brand not in {None, named}:
            break
        brand = named
        if match[1].lower() in _PRODUCT_LINES:
            break
        model = model[match.end() :]
    return brand, model.strip() or None

"""The list of a client's devices (一机一档) as the import kit reads it."""

from datetime import date
from typing import Final

from app.assets.clients import CLIENT_OWNER, SITE_MESSAGES, known_sites
from app.assets.devices.categories import CATEGORY_OF_WORD
from app.assets.devices.device_import.brands import split_brand_and_model
from app.assets.devices.device_import.device_statuses import STATUS_OF_WORD
from app.assets.devices.device_import.drafts import DeviceDraft
from app.assets.devices.device_import.importer import DeviceImporter
from app.assets.devices.device_import.list_fields import BRAND_AND_MODEL, DEVICE_FIELDS, HARDWARE_COLUMNS
from app.platform.imports.declaration import Home, ImportKind, RowContext, UniqueField
from app.platform.imports.reading.column_proposals import (
    LIKE_DATE,
    LIKE_EMAIL,
    LIKE_PERSON,
    LIKE_PHONE,
    like_key,
    mostly,
    mostly_matches,
)
from app.platform.imports.reading.converters import FieldValue
from app.platform.imports.reading.issues import Severity
from app.platform.kernel.texts import N_
from rbac import Permission

_SHARED_HOLDERS: Final = frozenset({"公用", "共用", "公共", "公用设备", "多人", "多人使用", "shared"})
_LIKE_SERIAL: Final = mostly_matches(r"(?=.*\d)(?=.*[a-z])[a-z0-9]{7,30}")


def _check_row(values: dict[str, FieldValue], row: RowContext) -> None:
    _check_dates(values, row)
    _combine(values)


def _check_dates(values: dict[str, FieldValue], row: RowContext) -> None:
    purchased, warranty = values.get("purchased_on"), values.get("warranty_until")
    if not isinstance(purchased, date):
        return
    if purchased > row.today:
        row.at("purchased_on").warn("date_in_future", value=purchased.isoformat())
    if isinstance(warranty, date) and warranty < purchased:
        row.at("warranty_until").warn("warranty_before_purchase", value=warranty.isoformat())


def _combine(values: dict[str, FieldValue]) -> None:
    """Columns that say two things, and columns that say one thing together."""
    both = values.pop(BRAND_AND_MODEL, None)
    if isinstance(both, str):
        brand, model = (None, both) if both.startswith("=") else split_brand_and_model(both)
        values["brand"] = values.get("brand") or brand
        values["model"] = values.get("model") or model
    parts = [str(part) for name in HARDWARE_COLUMNS if (part := values.pop(name, None))]
    if parts and not values.get("hardware_configuration"):
        values["hardware_configuration"] = "/".join(parts)
    if values.get("holder") in _SHARED_HOLDERS:
        values["holder"] = None
        values["is_shared"] = True


DEVICES: Final = ImportKind(
    name="devices",
    title=N_("设备清单"),
    unit=N_("台"),
    permission=Permission.DEVICE_IMPORT,
    home=Home("/workspace/devices", N_("设备"), "devices", "/workspace/devices?client={}"),
    fields=DEVICE_FIELDS,
    importer=DeviceImporter,
    owner=CLIENT_OWNER,
    known_names=known_sites,
    draft=DeviceDraft,
    unique=(
        UniqueField("number", "number_duplicate", Severity.ERROR),
        UniqueField("serial_number", "serial_number_repeated", Severity.WARNING),
        UniqueField("ip_address", "ip_repeated", Severity.WARNING),
        UniqueField("mac_address", "mac_repeated", Severity.WARNING),
    ),
    check_row=_check_row,
    looks=(
        ("purchased_on", LIKE_DATE),
        ("warranty_until", LIKE_DATE),
        ("mac_address", mostly_matches(r"(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}|(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}")),
        ("ip_address", mostly_matches(r"(?:\d{1,3}\.){3}\d{1,3}")),
        ("holder_email", LIKE_EMAIL),
        ("holder_phone", LIKE_PHONE),
        ("category", mostly(lambda text: text.lower() in CATEGORY_OF_WORD)),
        ("status", mostly(lambda text: "".join(text.lower().split()) in STATUS_OF_WORD)),
        ("brand", mostly(lambda text: split_brand_and_model(text)[0])),
        (
            "operating_system",
            mostly_matches(r".*(?:windows|win ?(?:xp|7|8|10|11)|mac ?os|ubuntu|centos|linux|麒麟|统信|android|ios).*"),
        ),
        ("hardware_memory", mostly_matches(r"\d{1,4} ?(?:G|GB)(?: ?DDR\d.*)?")),
        ("hardware_disk", mostly_matches(r".*\d ?(?:G|GB|T|TB)\b.*(?:SSD|HDD|NVME|固态|机械).*|\d(?:\.\d)? ?TB?")),
        ("hardware_processor", mostly_matches(r".*(?:i[3579]-?\d{3,5}|ryzen|xeon|core|celeron|酷睿|锐龙).*")),
        ("holder", LIKE_PERSON),
        ("number", like_key),
        ("serial_number", lambda values, rows: like_key(values, rows) and _LIKE_SERIAL(values, rows)),
    ),
    messages={
        **SITE_MESSAGES,
        "number_missing": N_("缺少编号，无法导入。"),
        "number_duplicate": N_("编号“%(value)s”与 %(first)s 重复，请核对设备标签。"),
        "serial_number_repeated": N_("序列号“%(value)s”与 %(first)s 相同，请核对。"),
        "ip_repeated": N_("IP 地址“%(value)s”与 %(first)s 相同，请核对。"),
        "mac_repeated": N_("MAC 地址“%(value)s”与 %(first)s 相同，请核对。"),
        "date_in_future": N_("购买日期 %(value)s 在今天之后，请核对。"),
        "warranty_before_purchase": N_("保修到期 %(value)s 早于购买日期，请核对。"),
        "ip_invalid": N_("“%(value)s”不是有效的 IP 地址，已留空。"),
        "ip_several": N_("“%(value)s”有多个 IP 地址，只导入 %(stored)s。"),
        "ip_respelt": N_("IP 地址“%(value)s”已按 %(stored)s 导入。"),
        "mac_invalid": N_("“%(value)s”不是有效的 MAC 地址，已留空。"),
        "holder_ambiguous": N_("有几位使用人叫“%(value)s”，使用人不改，请填写工号。"),
        "holder_namesake": N_("已有别的“%(value)s”（部门或邮箱不同），这里按另一人新建；如是同一人，请填写工号。"),
        "holder_moved": N_(
            "设备现在的使用人“%(value)s”在册的部门或邮箱与清单不同，使用人不改；如已调岗，请先改员工资料。"
        ),
        "holder_number_of_other": N_(
            "工号“%(number)s”在册的是别人，不是“%(value)s”，使用人不改；如已改名，请先改员工资料。"
        ),
        "holder_left": N_("“%(value)s”已停用（离职），使用人不改；如是新来的同名员工，请先建立员工资料。"),
        "holder_changes": N_("使用人由“%(before)s”改为“%(after)s”，原来的 PIN 随即作废。"),
        "serial_number_recorded": N_("序列号“%(value)s”已属于设备 %(other)s，请核对。"),
        "ip_recorded": N_("IP 地址“%(value)s”已属于设备 %(other)s，请核对。"),
        "mac_recorded": N_("MAC 地址“%(value)s”已属于设备 %(other)s，请核对。"),
        "state_move_refused": N_("设备现在是“%(before)s”，不能直接改成“%(after)s”，状态不改。"),
    },
)

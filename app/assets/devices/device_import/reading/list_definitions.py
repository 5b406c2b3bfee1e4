"""The kinds of list that can be imported: their fields, headings and rules."""

from enum import StrEnum
from typing import Final

import msgspec

from app.assets.devices.categories import CATEGORY_OF_WORD
from app.assets.devices.device_import.reading.converters import (
    Converter,
    choice_field,
    code_field,
    email_field,
    flag_field,
    mobile_field,
    number_field,
    phone_field,
    text_field,
)
from app.assets.devices.device_import.reading.credit_code import credit_code_field
from app.assets.devices.device_import.reading.dates import date_field
from app.assets.devices.device_import.reading.device_statuses import STATUS_OF_WORD
from app.assets.devices.device_import.reading.drafts import (
    ClientDraft,
    DeviceDraft,
    EmployeeDraft,
    SiteDraft,
)
from app.assets.devices.device_import.reading.issues import Severity
from app.assets.devices.device_import.reading.network_addresses import ip_address_field, mac_address_field
from app.assets.devices.device_import.reading.person_names import person_field


class ImportKind(StrEnum):
    """What a list is about."""

    DEVICES = "devices"
    EMPLOYEES = "employees"
    SITES = "sites"
    CLIENTS = "clients"


class Field(msgspec.Struct, frozen=True):
    """A field that a column can fill."""

    name: str
    convert: Converter
    headings: tuple[str, ...]
    """As `headings.plain_heading` leaves them; the surest first, for lists that have several."""


class UniqueField(msgspec.Struct, frozen=True):
    """A field whose value should stand once in a file; reported on every later row."""

    field: str
    code: str
    severity: Severity


class ListDefinition(msgspec.Struct, frozen=True):
    """Definition of one kind of list."""

    draft: type[DeviceDraft] | type[EmployeeDraft] | type[SiteDraft] | type[ClientDraft]
    key: str
    """The field that every row must have."""
    missing_key: str
    """Code of the issue when it is missing."""
    fields: tuple[Field, ...]
    unique: tuple[UniqueField, ...]


def _field(name: str, convert: Converter, headings: str) -> Field:
    return Field(name, convert, tuple(headings.split()))


BRAND_AND_MODEL: Final = "brand_and_model"
HARDWARE_COLUMNS: Final = ("hardware_processor", "hardware_memory", "hardware_disk")
"""Columns that are written apart in some lists and stored as one configuration."""

_NAME = text_field(100)
_PERSON = person_field(60)
_PLACE = text_field(80)
_REMARK = text_field(4_000, keeps_lines=True)
_ADDRESS = text_field(300)

_REMARK_FIELD = _field(
    "remark",
    _REMARK,
    "备注 备注说明 备注信息 说明 remark remarks note notes comment comments",
)

DEVICES: Final = ListDefinition(
    draft=DeviceDraft,
    key="number",
    missing_key="number_missing",
    fields=(
        _field(
            "number",
            number_field(40),
            "设备编号 电脑编号 计算机编号 机器编号 标签编号 标签号 设备号 电脑号 固定资产编号 资产编号 "
            "资产编码 设备编码 资产号 编号 编码 devicenumber deviceno assetnumber assetno assettag "
            "number 资产标签 资产标签号 资产代码 固定资产代码 资产条码 卡片编号 资产卡片编号 "
            "固定资产卡片编号 条码 条形码 资产id assettagnumber assetcode assetid inventorynumber "
            "inventoryno deviceid barcode tag",
        ),
        _field(
            "category",
            choice_field(CATEGORY_OF_WORD),
            "设备类别 设备类型 资产类别 设备分类 类别 类型 分类 种类 设备名称 资产名称 category "
            "devicetype type 类别名称 资产分类 资产类型 固定资产类别 设备种类 固定资产名称 assettype "
            "assetcategory modelcategory objecttype computertype ciclass class",
        ),
        _field(
            BRAND_AND_MODEL,
            text_field(200),
            "品牌型号 品牌及型号 品牌和型号 厂牌型号 brandmodel",
        ),
        _field(
            "brand",
            _NAME,
            "品牌 设备品牌 厂牌 厂商 制造商 生产厂家 brand manufacturer vendor 品牌名称 制造厂商 生产厂商 make",
        ),
        _field(
            "model",
            text_field(200),
            "设备型号 规格型号 型号规格 型号 机型 model modelname modelnumber modelno",
        ),
        _field(
            "serial_number",
            code_field(80, upper=True),
            "序列号 设备序列号 产品序列号 机身序列号 主机序列号 机身号 出厂编号 sn sn号 sn码 序列号sn "
            "serialnumber serialno serial 设备sn 产品sn 主机sn 机器序列号 出厂序列号 serialnum",
        ),
        _field(
            "part_number",
            code_field(80, upper=True),
            "部件号 产品号 pn pn号 料号 partnumber partno productnumber",
        ),
        _field(
            "hardware_configuration",
            text_field(1_000),
            "硬件配置 主要配置 设备配置 电脑配置 配置 配置信息 hardware hardwareconfiguration "
            "configuration specification",
        ),
        _field(
            "hardware_processor",
            text_field(200),
            "cpu 处理器 cpu型号 processor cpuname processorname",
        ),
        _field(
            "hardware_memory",
            text_field(200),
            "内存 内存容量 memory ram rammb ramgb memorymb memorygb",
        ),
        _field(
            "hardware_disk",
            text_field(200),
            "硬盘 硬盘容量 存储 disk harddisk storage diskspacegb diskspace harddrive",
        ),
        _field(
            "operating_system",
            text_field(200),
            "操作系统 系统 系统版本 os operatingsystem osname operatingsystemname",
        ),
        _field(
            "software",
            text_field(2_000),
            "软件 安装软件 已装软件 应用软件 常用软件 software",
        ),
        _field(
            "ip_address",
            ip_address_field,
            "ip地址 ip 内网ip ipv4 ipv4地址 ipaddress",
        ),
        _field(
            "mac_address",
            mac_address_field,
            "mac地址 mac 物理地址 网卡地址 macaddress ethernetmac ethernetmacaddress wifimac",
        ),
        _field(
            "host_name",
            code_field(253),
            "计算机名 主机名 计算机名称 主机名称 电脑名 电脑名称 hostname computername fqdn dnsname "
            "devicename assetname name",
        ),
        _field(
            "holder",
            _PERSON,
            "使用人 使用者 使用人姓名 领用人 保管人 责任人 使用员工 姓名 user username holder employee "
            "assignedto 当前使用人 现使用人 资产使用人 使用者姓名 领用人员 借用人 checkedoutto "
            "assignedtouser primaryuser primaryuserdisplayname alternateusername lastuser usedby "
            "ownedby owner",
        ),
        _field(
            "holder_employee_number",
            code_field(40, upper=True),
            "工号 使用人工号 员工编号 员工工号 employeenumber employeeno employeeid 领用人工号 employeenum",
        ),
        _field(
            "holder_email",
            email_field,
            "邮箱 使用人邮箱 电子邮箱 电子邮件 邮件地址 email emailaddress useremail assignedtoemail "
            "primaryuseremailaddress primaryuserupn",
        ),
        _field(
            "holder_phone",
            phone_field,
            "电话 手机 联系电话 使用人电话 手机号 手机号码 分机 phone mobile telephone",
        ),
        _field(
            "is_shared",
            flag_field,
            "是否公用 是否共用 公用 共用 公用设备 共享 是否共享 shared",
        ),
        _field(
            "department",
            _PLACE,
            "所属部门 使用部门 部门 科室 部门名称 department dept costcentre costcenter 使用部门名称 "
            "领用部门 所在部门 归属部门",
        ),
        _field(
            "site",
            _PLACE,
            "所在网点 网点 所属网点 网点名称 场地 所在场地 使用地点 所在地点 存放地点 存放位置 "
            "放置地点 地点 位置 办公地点 site location branch 资产位置 所在位置 使用位置 安装地点 "
            "building office iplocation stockroom",
        ),
        _field(
            "purchased_on",
            date_field,
            "购买日期 购置日期 采购日期 购入日期 购买时间 购置时间 采购时间 purchasedate purchasedon "
            "purchased 购入时间 入账日期 开始使用日期 启用日期 入库日期 datepurchased acquisitiondate",
        ),
        _field(
            "warranty_until",
            date_field,
            "保修到期 保修到期日 保修到期日期 保修期至 保修截止 保修截止日期 保修期限 质保到期 "
            "质保期至 过保日期 过保时间 维保到期 warrantyuntil warrantyend warrantyexpiry warranty "
            "维保到期日 维保到期日期 维保截止日期 质保到期日 质保截止日期 保修结束日期 "
            "warrantyexpiration warrantyexpirationdate warrantyexpires warrantyexpirydate "
            "warrantyenddate warrantydate",
        ),
        _field(
            "status",
            choice_field(STATUS_OF_WORD),
            "使用状态 设备状态 资产状态 状态 使用情况 status state 使用状况 当前状态 installstatus "
            "assetstatus assetstate statuslabel operationalstatus lifecyclestage",
        ),
        _REMARK_FIELD,
    ),
    unique=(
        UniqueField("number", "number_duplicate", Severity.ERROR),
        UniqueField("serial_number", "serial_number_repeated", Severity.WARNING),
        UniqueField("ip_address", "ip_repeated", Severity.WARNING),
        UniqueField("mac_address", "mac_repeated", Severity.WARNING),
    ),
)

EMPLOYEES: Final = ListDefinition(
    draft=EmployeeDraft,
    key="name",
    missing_key="name_missing",
    fields=(
        _field(
            "name",
            _PERSON,
            "姓名 员工姓名 名字 员工 name employeename fullname",
        ),
        _field(
            "employee_number",
            code_field(40, upper=True),
            "工号 员工编号 员工工号 职工编号 人员编号 编号 employeenumber employeeno employeeid",
        ),
        _field(
            "department",
            _PLACE,
            "部门 所属部门 所在部门 部门名称 科室 department dept",
        ),
        _field(
            "site",
            _PLACE,
            "网点 所在网点 所属网点 网点名称 场地 办公地点 工作地点 地点 site location branch",
        ),
        _field(
            "mobile",
            mobile_field,
            "手机 手机号 手机号码 移动电话 联系手机 联系电话 电话 mobile mobilephone cellphone phone",
        ),
        _field(
            "email",
            email_field,
            "邮箱 电子邮箱 邮箱地址 电子邮件 公司邮箱 企业邮箱 email emailaddress",
        ),
        _field(
            "is_vip",
            flag_field,
            "vip 是否vip 重要用户 是否重要用户 vip用户",
        ),
        _REMARK_FIELD,
    ),
    unique=(
        UniqueField("employee_number", "employee_number_duplicate", Severity.ERROR),
        UniqueField("email", "email_repeated", Severity.WARNING),
        UniqueField("mobile", "mobile_repeated", Severity.WARNING),
    ),
)

_CITY = _field(
    "city",
    _NAME,
    "城市 所在城市 市 city",
)
_CONTACT = _field(
    "contact",
    _NAME,
    "联系人 网点联系人 联系人姓名 负责人 contact contactname contactperson",
)
_PHONE = _field(
    "phone",
    phone_field,
    "电话 联系电话 电话号码 固定电话 联系方式 手机 手机号码 phone telephone",
)

SITES: Final = ListDefinition(
    draft=SiteDraft,
    key="name",
    missing_key="name_missing",
    fields=(
        _field(
            "name",
            _NAME,
            "网点名称 网点 名称 场地名称 场地 分支名称 门店名称 门店 site sitename name",
        ),
        _field(
            "address",
            _ADDRESS,
            "地址 网点地址 详细地址 address",
        ),
        _CITY,
        _CONTACT,
        _PHONE,
        _REMARK_FIELD,
    ),
    unique=(UniqueField("name", "name_duplicate", Severity.ERROR),),
)

CLIENTS: Final = ListDefinition(
    draft=ClientDraft,
    key="name",
    missing_key="name_missing",
    fields=(
        _field(
            "name",
            text_field(200),
            "客户名称 公司名称 单位名称 企业名称 客户 名称 client clientname company companyname name",
        ),
        _field(
            "code",
            number_field(40),
            "客户编号 客户代码 客户编码 编号 代码 code clientcode",
        ),
        _field(
            "credit_code",
            credit_code_field,
            "统一社会信用代码 社会信用代码 信用代码 税号 纳税人识别号 creditcode taxnumber",
        ),
        _field(
            "industry",
            _NAME,
            "行业 所属行业 行业类别 industry",
        ),
        _CITY,
        _field(
            "address",
            _ADDRESS,
            "地址 公司地址 单位地址 详细地址 address",
        ),
        _CONTACT,
        _PHONE,
        _field(
            "email",
            email_field,
            "邮箱 电子邮箱 联系邮箱 email emailaddress",
        ),
        _REMARK_FIELD,
    ),
    unique=(
        UniqueField("name", "name_duplicate", Severity.ERROR),
        UniqueField("code", "code_duplicate", Severity.ERROR),
        UniqueField("credit_code", "credit_code_repeated", Severity.WARNING),
    ),
)

KINDS: Final = {
    ImportKind.DEVICES: DEVICES,
    ImportKind.EMPLOYEES: EMPLOYEES,
    ImportKind.SITES: SITES,
    ImportKind.CLIENTS: CLIENTS,
}

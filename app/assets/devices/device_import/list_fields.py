"""The fields of a device list, and the headings under which clients write them."""

from typing import Final

from app.assets.clients import department_field, site_field
from app.assets.devices.categories import CATEGORY_OF_WORD
from app.assets.devices.device_import.device_statuses import STATUS_OF_WORD
from app.assets.devices.device_import.network_addresses import ip_address_field, mac_address_field
from app.platform.imports.declaration import Field
from app.platform.imports.reading.converters import (
    choice_field,
    code_field,
    email_field,
    flag_field,
    number_field,
    phone_field,
    text_field,
)
from app.platform.imports.reading.dates import date_field
from app.platform.imports.reading.person_names import person_field
from app.platform.kernel.texts import N_

BRAND_AND_MODEL: Final = "brand_and_model"
HARDWARE_COLUMNS: Final = ("hardware_processor", "hardware_memory", "hardware_disk")
"""Columns that are written apart in some lists and stored as one configuration."""

DEVICE_FIELDS: Final = (
    Field(
        "number",
        N_("设备编号"),
        number_field(40),
        "设备编号 电脑编号 计算机编号 机器编号 标签编号 标签号 设备号 电脑号 固定资产编号 资产编号 "
        "资产编码 设备编码 资产号 编号 编码 devicenumber deviceno assetnumber assetno assettag "
        "number 资产标签 资产标签号 资产代码 固定资产代码 资产条码 卡片编号 资产卡片编号 "
        "固定资产卡片编号 条码 条形码 资产id assettagnumber assetcode assetid inventorynumber "
        "inventoryno deviceid barcode tag",
        required=True,
        missing="number_missing",
    ),
    Field(
        "category",
        N_("设备类别"),
        choice_field(CATEGORY_OF_WORD),
        "设备类别 设备类型 资产类别 设备分类 类别 类型 分类 种类 设备名称 资产名称 category "
        "devicetype type 类别名称 资产分类 资产类型 固定资产类别 设备种类 固定资产名称 assettype "
        "assetcategory modelcategory objecttype computertype ciclass class",
    ),
    Field(
        BRAND_AND_MODEL,
        N_("品牌型号"),
        text_field(200),
        "品牌型号 品牌及型号 品牌和型号 厂牌型号 brandmodel",
    ),
    Field(
        "brand",
        N_("品牌"),
        text_field(100),
        "品牌 设备品牌 厂牌 厂商 制造商 生产厂家 brand manufacturer vendor 品牌名称 制造厂商 生产厂商 make",
    ),
    Field(
        "model",
        N_("型号"),
        text_field(200),
        "设备型号 规格型号 型号规格 型号 机型 model modelname modelnumber modelno",
    ),
    Field(
        "serial_number",
        N_("序列号"),
        code_field(80, upper=True),
        "序列号 设备序列号 产品序列号 机身序列号 主机序列号 机身号 出厂编号 sn sn号 sn码 序列号sn "
        "serialnumber serialno serial 设备sn 产品sn 主机sn 机器序列号 出厂序列号 serialnum",
    ),
    Field(
        "part_number",
        N_("部件号"),
        code_field(80, upper=True),
        "部件号 产品号 pn pn号 料号 partnumber partno productnumber",
    ),
    Field(
        "hardware_configuration",
        N_("硬件配置"),
        text_field(1_000),
        "硬件配置 主要配置 设备配置 电脑配置 配置 配置信息 hardware hardwareconfiguration configuration specification",
    ),
    Field(
        "hardware_processor",
        N_("处理器"),
        text_field(200),
        "cpu 处理器 cpu型号 processor cpuname processorname",
    ),
    Field(
        "hardware_memory",
        N_("内存"),
        text_field(200),
        "内存 内存容量 memory ram rammb ramgb memorymb memorygb",
    ),
    Field(
        "hardware_disk",
        N_("硬盘"),
        text_field(200),
        "硬盘 硬盘容量 存储 disk harddisk storage diskspacegb diskspace harddrive",
    ),
    Field(
        "operating_system",
        N_("操作系统"),
        text_field(200),
        "操作系统 系统 系统版本 os operatingsystem osname operatingsystemname",
    ),
    Field(
        "software",
        N_("软件"),
        text_field(2_000),
        "软件 安装软件 已装软件 应用软件 常用软件 software",
    ),
    Field(
        "ip_address",
        N_("IP 地址"),
        ip_address_field,
        "ip地址 ip 内网ip ipv4 ipv4地址 ipaddress",
    ),
    Field(
        "mac_address",
        N_("MAC 地址"),
        mac_address_field,
        "mac地址 mac 物理地址 网卡地址 macaddress ethernetmac ethernetmacaddress wifimac",
    ),
    Field(
        "host_name",
        N_("计算机名"),
        code_field(253),
        "计算机名 主机名 计算机名称 主机名称 电脑名 电脑名称 hostname computername fqdn dnsname "
        "devicename assetname name",
    ),
    Field(
        "holder",
        N_("使用人"),
        person_field(60),
        "使用人 使用者 使用人姓名 领用人 保管人 责任人 使用员工 姓名 user username holder employee "
        "assignedto 当前使用人 现使用人 资产使用人 使用者姓名 领用人员 借用人 checkedoutto "
        "assignedtouser primaryuser primaryuserdisplayname alternateusername lastuser usedby "
        "ownedby owner",
        single_column=True,
    ),
    Field(
        "holder_employee_number",
        N_("使用人工号"),
        code_field(40, upper=True),
        "工号 使用人工号 员工编号 员工工号 employeenumber employeeno employeeid 领用人工号 employeenum",
        single_column=True,
    ),
    Field(
        "holder_email",
        N_("使用人邮箱"),
        email_field,
        "邮箱 使用人邮箱 电子邮箱 电子邮件 邮件地址 email emailaddress useremail assignedtoemail "
        "primaryuseremailaddress primaryuserupn",
        single_column=True,
    ),
    Field(
        "holder_phone",
        N_("使用人电话"),
        phone_field,
        "电话 手机 联系电话 使用人电话 手机号 手机号码 分机 phone mobile telephone",
        single_column=True,
    ),
    Field(
        "is_shared",
        N_("是否公用"),
        flag_field,
        "是否公用 是否共用 公用 共用 公用设备 共享 是否共享 shared",
    ),
    department_field(
        "所属部门 使用部门 部门 科室 部门名称 department dept costcentre costcenter 使用部门名称 "
        "领用部门 所在部门 归属部门"
    ),
    site_field(
        "所在网点 网点 所属网点 网点名称 场地 所在场地 使用地点 所在地点 存放地点 存放位置 "
        "放置地点 地点 位置 办公地点 site location branch 资产位置 所在位置 使用位置 安装地点 "
        "building office iplocation stockroom"
    ),
    Field(
        "purchased_on",
        N_("购买日期"),
        date_field,
        "购买日期 购置日期 采购日期 购入日期 购买时间 购置时间 采购时间 purchasedate purchasedon "
        "purchased 购入时间 入账日期 开始使用日期 启用日期 入库日期 datepurchased acquisitiondate",
    ),
    Field(
        "warranty_until",
        N_("保修到期"),
        date_field,
        "保修到期 保修到期日 保修到期日期 保修期至 保修截止 保修截止日期 保修期限 质保到期 "
        "质保期至 过保日期 过保时间 维保到期 warrantyuntil warrantyend warrantyexpiry warranty "
        "维保到期日 维保到期日期 维保截止日期 质保到期日 质保截止日期 保修结束日期 "
        "warrantyexpiration warrantyexpirationdate warrantyexpires warrantyexpirydate "
        "warrantyenddate warrantydate",
    ),
    Field(
        "status",
        N_("状态"),
        choice_field(STATUS_OF_WORD),
        "使用状态 设备状态 资产状态 状态 使用情况 status state 使用状况 当前状态 installstatus "
        "assetstatus assetstate statuslabel operationalstatus lifecyclestage",
    ),
    Field(
        "remark",
        N_("备注"),
        text_field(4_000, keeps_lines=True),
        "备注说明 备注信息 说明 remark remarks note notes comment comments",
    ),
)

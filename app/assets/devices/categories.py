"""Device categories, and the words for them in imported lists."""

from typing import Final

from app.platform.kernel.texts import N_

OTHER: Final = "other"

CATEGORY_NAMES: Final = {
    "desktop": N_("台式机"),
    "laptop": N_("笔记本电脑"),
    "tablet": N_("平板电脑"),
    "server": N_("服务器"),
    "storage": N_("存储设备"),
    "pos": N_("收银机"),
    "monitor": N_("显示器"),
    "printer": N_("打印机"),
    "copier": N_("复印机"),
    "scanner": N_("扫描仪"),
    "projector": N_("投影机"),
    "switch": N_("交换机"),
    "router": N_("路由器"),
    "firewall": N_("防火墙"),
    "wireless": N_("无线设备"),
    "phone": N_("电话机"),
    "camera": N_("摄像设备"),
    "attendance": N_("考勤机"),
    "ups": N_("不间断电源"),
    OTHER: N_("其他设备"),
}
"""The stored code of each category and its name."""

_SPELLINGS: Final = {
    "desktop": (
        "台式机 台式电脑 台式 台式计算机 电脑 计算机 主机 pc 工作站 图形工作站 一体机 瘦客户机 云终端 "
        "desktop computer workstation desktopcomputer thinclient allinone"
    ),
    "laptop": "笔记本电脑 笔记本 手提电脑 便携机 便携式计算机 移动工作站 laptop notebook laptopcomputer",
    "tablet": "平板电脑 平板 ipad tablet pda 手持终端 盘点机",
    "server": "服务器 机架服务器 塔式服务器 刀片服务器 server windowsserver linuxserver",
    "storage": "存储设备 存储 磁盘阵列 nas 网络存储 磁带机 storage",
    "pos": "收银机 pos pos机 收款机 pos收银机 自助收银机 刷卡机",
    "monitor": "显示器 显示屏 屏幕 液晶显示器 大屏 电视 电视机 monitor display",
    "printer": "打印机 激光打印机 喷墨打印机 针式打印机 标签打印机 条码打印机 小票打印机 多功能一体机 printer",
    "copier": "复印机 数码复合机 复合机 copier",
    "scanner": "扫描仪 高拍仪 扫描枪 条码枪 scanner",
    "projector": "投影机 投影仪 投影 projector",
    "switch": "交换机 网络交换机 核心交换机 接入交换机 汇聚交换机 switch networkswitch",
    "router": "路由器 网关 光猫 router modem iprouter",
    "firewall": "防火墙 上网行为管理 vpn网关 安全网关 firewall",
    "wireless": "无线设备 无线ap ap 无线接入点 无线路由器 无线控制器 ac 无线网桥",
    "phone": "电话机 电话 ip电话 网络电话 传真机 phone fax",
    "camera": "摄像设备 摄像头 监控 摄像机 监控摄像头 录像机 硬盘录像机 nvr dvr 视频会议 视频会议终端 camera",
    "attendance": "考勤机 门禁 门禁机 打卡机 人脸识别机 指纹机",
    "ups": "不间断电源 ups ups电源 电源 电池柜",
    OTHER: "其他设备 其他 其它 其它设备 配件 外设 other",
}

CATEGORY_OF_WORD: Final = {word: code for code, words in _SPELLINGS.items() for word in words.split()} | {
    code: code for code in CATEGORY_NAMES
}
"""Lower-case word of a list → code."""

"""Sample data of the demo network: companies, people, device models and faults. All invented."""

from typing import NamedTuple

PASSWORD = "firefly-demo-2026"  # noqa: S105 - shown to every visitor
PIN = "246810"


class ClientCompany(NamedTuple):
    """A client with its sites, departments and contact."""

    name: str
    short_name: str
    code: str
    industry: str
    sites: tuple[tuple[str, str], ...]
    departments: tuple[str, ...]
    contact: str
    devices: int


class PartnerCompany(NamedTuple):
    """A partner with its staff and clients. The credit code has a valid check digit and is not assigned."""

    legal_name: str
    credit_code: str
    city_code: str
    slug: str
    hotline: str
    introduction: str
    owner: str
    manager: str
    dispatcher: str
    quality_agent: str
    engineers: tuple[tuple[str, str, tuple[str, ...]], ...]
    star_level: int
    territory: tuple[str, ...]
    clients: tuple[ClientCompany, ...]
    authorisations: tuple[str, ...] = ("software", "hardware", "network", "training", "quick_delivery")
    """Service categories that headquarters lets it deliver."""


PARTNERS = (
    PartnerCompany(
        legal_name="厦门鹭光信息服务有限公司",
        credit_code="91350200MA2XT0001D",
        city_code="350200",
        slug="luguang",
        hotline="0592-5550119",
        introduction="服务厦门、漳州的企业和学校,工程师两小时内到场。",
        owner="陈建华",
        manager="苏敏",
        dispatcher="林小燕",
        quality_agent="何佳",
        engineers=(
            ("张志强", "senior", ("desktop", "network", "platform")),
            ("黄伟", "middle", ("desktop", "laptop", "peripheral")),
            ("郑晓东", "middle", ("network", "platform")),
            ("吴俊杰", "junior", ("desktop", "office_software")),
        ),
        star_level=4,
        territory=("350200", "350600"),
        clients=(
            ClientCompany(
                "厦门海峡进出口有限公司",
                "海峡进出口",
                "haixia",
                "贸易",
                (("总部大楼", "厦门市思明区鹭江道 88 号"), ("海沧仓库", "厦门市海沧区港中路 12 号")),
                ("财务部", "业务一部", "业务二部", "单证部", "仓储部"),
                "王立新",
                96,
            ),
            ClientCompany(
                "厦门湖里实验学校",
                "湖里实验学校",
                "huli-school",
                "教育",
                (("教学楼", "厦门市湖里区华昌路 6 号"), ("行政楼", "厦门市湖里区华昌路 6 号")),
                ("教务处", "总务处", "语文组", "数学组", "信息中心"),
                "邱明",
                78,
            ),
        ),
        authorisations=(
            "software",
            "hardware",
            "network",
            "network_security",
            "data_recovery",
            "quick_delivery",
            "training",
            "personalised",
            "website",
            "device_insurance",
        ),
    ),
    PartnerCompany(
        legal_name="广州羊城萤火科技有限公司",
        credit_code="91440100MA5XT0002G",
        city_code="440100",
        slug="yangcheng",
        hotline="020-38880119",
        introduction="专注广州、佛山的连锁门店与办公楼宇。",
        owner="梁志明",
        manager="谭咏仪",
        dispatcher="邓丽珊",
        quality_agent="冯嘉敏",
        engineers=(
            ("李文杰", "senior", ("network", "platform", "desktop")),
            ("罗家豪", "middle", ("desktop", "peripheral")),
            ("许浩然", "junior", ("desktop", "office_software")),
        ),
        star_level=3,
        territory=("440100", "440600"),
        clients=(
            ClientCompany(
                "广州天河悦购商贸有限公司",
                "悦购商贸",
                "yuegou",
                "零售",
                (("天河总店", "广州市天河区体育西路 101 号"), ("番禺分店", "广州市番禺区市桥大北路 30 号")),
                ("收银部", "采购部", "人事部", "财务部"),
                "何国栋",
                72,
            ),
            ClientCompany(
                "广州白云精工电子有限公司",
                "白云精工",
                "jinggong",
                "制造",
                (("一号厂房", "广州市白云区均禾街 58 号"),),
                ("工程部", "品质部", "生产部", "物料部"),
                "区文辉",
                60,
            ),
        ),
    ),
)

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余于杜叶程苏魏吕丁任卢姚"
GIVEN_NAMES = (
    "静",
    "伟",
    "芳",
    "敏",
    "丽华",
    "强",
    "磊",
    "洋",
    "艳",
    "勇",
    "杰",
    "娟",
    "涛",
    "明辉",
    "秀英",
    "雪梅",
    "浩",
    "佳怡",
    "志远",
    "晓琳",
)

MODELS = {
    "desktop": (("联想", "启天 M437"), ("戴尔", "OptiPlex 7090"), ("惠普", "ProDesk 480 G7")),
    "laptop": (("联想", "ThinkPad T14"), ("戴尔", "Latitude 5420"), ("华为", "MateBook B5")),
    "printer": (("惠普", "LaserJet M404dn"), ("佳能", "LBP223dw"), ("兄弟", "HL-L2350DW")),
    "switch": (("华为", "S5735-L24T"), ("新华三", "S1850V2-28P")),
}
CATEGORY_WEIGHTS = {"desktop": 62, "laptop": 22, "printer": 12, "switch": 4}


class Fault(NamedTuple):
    """A fault as reported, with cause and resolution."""

    symptom: str
    subject: str
    description: str
    service_category: str
    product_category: str
    impact: str
    urgency: str
    cause: str
    work_done: str
    minutes: int
    devices: tuple[str, ...]


FAULTS = (
    Fault(
        "power",
        "开不了机",
        "早上按电源没有反应,昨天还好好的。",
        "hardware",
        "desktop",
        "low",
        "high",
        "电源老化",
        "更换 300W 电源,清理机箱灰尘,连续重启三次正常。",
        40,
        ("desktop",),
    ),
    Fault(
        "power",
        "开机黑屏",
        "风扇转,屏幕不亮。",
        "hardware",
        "desktop",
        "low",
        "high",
        "内存条接触不良",
        "擦拭内存金手指并重新插紧,内存测试两遍通过。",
        25,
        ("desktop", "laptop"),
    ),
    Fault(
        "network",
        "上不了网",
        "网页打不开,旁边同事正常。",
        "network",
        "network",
        "low",
        "medium",
        "网线水晶头松动",
        "重做水晶头,测线仪八芯全通,网速恢复。",
        20,
        ("desktop", "laptop"),
    ),
    Fault(
        "network",
        "整个部门断网",
        "办公室十几台电脑都上不了网。",
        "network",
        "network",
        "medium",
        "high",
        "接入交换机端口环路",
        "找到环路网线并拔除,开启环路检测。",
        55,
        ("switch", "desktop"),
    ),
    Fault(
        "print",
        "打印机卡纸",
        "每打两三张就卡一次。",
        "hardware",
        "peripheral",
        "low",
        "medium",
        "搓纸轮磨损",
        "更换搓纸轮,连打五十张无卡纸。",
        30,
        ("printer",),
    ),
    Fault(
        "print",
        "打印有黑线",
        "纸边上一条竖黑线。",
        "hardware",
        "peripheral",
        "low",
        "low",
        "感光鼓划伤",
        "更换硒鼓,打印测试页正常。",
        15,
        ("printer",),
    ),
    Fault(
        "software",
        "表格打开就卡死",
        "打开客户报价表就没有响应。",
        "software",
        "office_software",
        "low",
        "medium",
        "加载项冲突",
        "停用冲突的加载项,修复办公软件。",
        30,
        ("desktop", "laptop"),
    ),
    Fault(
        "software",
        "系统更新后很慢",
        "更新以后开机要五分钟。",
        "software",
        "platform",
        "low",
        "medium",
        "更新残留占满磁盘",
        "清理更新缓存,关闭多余自启动,开机降到四十秒。",
        45,
        ("desktop", "laptop"),
    ),
    Fault(
        "account",
        "忘记开机密码",
        "休假回来密码想不起来了。",
        "software",
        "platform",
        "low",
        "medium",
        "密码遗忘",
        "核对身份后重置密码,并提示首次登录修改。",
        10,
        ("desktop", "laptop"),
    ),
    Fault(
        "other",
        "电脑有异响",
        "机箱嗡嗡响,越来越大声。",
        "hardware",
        "desktop",
        "low",
        "low",
        "风扇轴承缺油",
        "更换机箱风扇,噪声消失。",
        25,
        ("desktop",),
    ),
)
REOPEN_REASONS = ("又出现了一次", "下午又不行了")
HELPED = "和同事一起抬下机柜，接好线并测试"
"""What a second engineer did."""
PRAISE = ("师傅很快就到了", "讲解得很清楚", "")
COMPLAINTS = ("等了太久", "来了两次才修好")

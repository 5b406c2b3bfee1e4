"""Sample companies of the large network, invented and reproducible from a seed."""

import random
from typing import NamedTuple

from stdnum.cn import uscc

from app.demo.sample_data import GIVEN_NAMES, SURNAMES, ClientCompany, PartnerCompany


class _City(NamedTuple):
    code: str
    name: str
    slug: str
    area: str
    streets: tuple[str, ...]


_STREETS = ("中山路", "人民路", "建设大道", "解放路", "科技园路", "滨江路", "和平街", "工业大道")


def _city(code: str, name: str, slug: str, area: str) -> _City:
    return _City(code, name, slug, area, _STREETS)


CITIES = (
    _city("110100", "北京", "jingguang", "010"),
    _city("310100", "上海", "huguang", "021"),
    _city("120100", "天津", "jinguang", "022"),
    _city("500100", "重庆", "yuguang", "023"),
    _city("440300", "深圳", "pengcheng", "0755"),
    _city("440100", "广州", "suicheng", "020"),
    _city("330100", "杭州", "qianjiang", "0571"),
    _city("320100", "南京", "jinling", "025"),
    _city("320500", "苏州", "gusu", "0512"),
    _city("420100", "武汉", "jiangcheng", "027"),
    _city("510100", "成都", "rongcheng", "028"),
    _city("610100", "西安", "changan", "029"),
    _city("370200", "青岛", "qindao", "0532"),
    _city("370100", "济南", "quancheng", "0531"),
    _city("210200", "大连", "binhai", "0411"),
    _city("210100", "沈阳", "shengjing", "024"),
    _city("330200", "宁波", "yongjiang", "0574"),
    _city("350200", "厦门", "ludao", "0592"),
    _city("350100", "福州", "rongshu", "0591"),
    _city("430100", "长沙", "xingcheng", "0731"),
    _city("410100", "郑州", "zhongyuan", "0371"),
    _city("340100", "合肥", "luzhou", "0551"),
    _city("360100", "南昌", "hongcheng", "0791"),
    _city("530100", "昆明", "chuncheng", "0871"),
    _city("520100", "贵阳", "zhucheng", "0851"),
    _city("450100", "南宁", "yongcheng", "0771"),
    _city("460100", "海口", "yecheng", "0898"),
    _city("140100", "太原", "bingzhou", "0351"),
    _city("130100", "石家庄", "zhengding", "0311"),
    _city("220100", "长春", "beiguo", "0431"),
    _city("230100", "哈尔滨", "bingcheng", "0451"),
    _city("150100", "呼和浩特", "qingcheng", "0471"),
    _city("620100", "兰州", "jincheng", "0931"),
    _city("640100", "银川", "fengcheng", "0951"),
    _city("630100", "西宁", "xiadu", "0971"),
    _city("650100", "乌鲁木齐", "tianshan", "0991"),
    _city("320200", "无锡", "taihu", "0510"),
    _city("441900", "东莞", "guancheng", "0769"),
    _city("440600", "佛山", "chancheng", "0757"),
    _city("350500", "泉州", "citong", "0595"),
)
_SIGNS = ("辉煌", "恒通", "锐达", "联创", "博远", "鼎新", "汇智", "明德", "启航", "众诚")
_TRADES = (
    ("trade", "贸易", "进出口有限公司", ("财务部", "业务部", "单证部", "仓储部")),
    ("school", "教育", "实验学校", ("教务处", "总务处", "信息中心", "语文组")),
    ("factory", "制造", "精密制造有限公司", ("生产部", "品质部", "工程部", "物料部")),
    ("clinic", "医疗", "口腔医院", ("门诊部", "收费处", "药房", "行政部")),
    ("hotel", "酒店", "国际酒店", ("前厅部", "客房部", "餐饮部", "财务部")),
    ("shop", "零售", "百货有限公司", ("收银部", "采购部", "人事部", "财务部")),
    ("law", "律师", "律师事务所", ("诉讼部", "非诉部", "行政部")),
    ("freight", "物流", "供应链有限公司", ("调度中心", "仓储部", "客服部", "财务部")),
    ("design", "设计", "建筑设计院", ("方案所", "结构所", "机电所", "图文室")),
    ("agency", "政务", "便民服务中心", ("窗口一部", "窗口二部", "办公室")),
)
_NAMES = (
    "海纳",
    "金桥",
    "东方",
    "瑞丰",
    "华信",
    "天成",
    "盛世",
    "新港",
    "宏图",
    "国泰",
    "永安",
    "长青",
    "紫金",
    "云帆",
)
_SKILLS = (
    ("desktop", "network", "platform"),
    ("desktop", "laptop", "peripheral"),
    ("network", "platform"),
    ("desktop", "office_software"),
    ("peripheral", "desktop"),
)
_LEVELS = ("senior", "middle", "middle", "junior", "junior")
MOST_STARS = 5


def partners(rng: random.Random, clients: int, devices: int, count: int) -> list[PartnerCompany]:
    """`count` partners with about `clients` clients and `devices` devices in total."""
    sizes = [rng.lognormvariate(0, 0.35) for _ in range(count)]
    whole = sum(sizes)
    return [
        _partner(
            rng,
            CITIES[place],
            place,
            max(2, round(clients * size / whole)),
            devices / clients,
        )
        for place, size in enumerate(sizes)
    ]


def _partner(rng: random.Random, city: _City, place: int, clients: int, devices_each: float) -> PartnerCompany:
    sign = rng.choice(_SIGNS)
    begun = f"91{city.code}MA{place:03d}XTQ0"[:17].ljust(17, "0")
    engineers = max(3, min(len(_SKILLS), 2 + clients // 4))
    return PartnerCompany(
        legal_name=f"{city.name}{sign}信息技术有限公司",
        credit_code=begun + uscc.calc_check_digit(begun),
        city_code=city.code,
        slug=city.slug,
        hotline=f"{city.area}-{5550000 + place * 101:07d}",
        introduction=f"服务{city.name}及周边的企业、学校和门店。",
        owner=name(rng),
        manager=name(rng),
        dispatcher=name(rng),
        quality_agent=name(rng),
        engineers=tuple((name(rng), _LEVELS[each], _SKILLS[each]) for each in range(engineers)),
        star_level=rng.choices((2, 3, 4, MOST_STARS), (1, 4, 4, 2))[0],
        territory=(city.code,),
        clients=tuple(
            _client(rng, city, number, max(8, int(rng.lognormvariate(-0.1, 0.45) * devices_each)))
            for number in range(clients)
        ),
    )


def _client(rng: random.Random, city: _City, number: int, devices: int) -> ClientCompany:
    code, industry, kind, departments = _TRADES[number % len(_TRADES)]
    called = _NAMES[(number * 5 + number // len(_TRADES)) % len(_NAMES)]
    sites = [("总部", _address(rng, city))]
    if rng.random() < 0.4:
        sites.append(("分部", _address(rng, city)))
    return ClientCompany(
        name=f"{city.name}{called}{kind}",
        short_name=f"{called}{industry}",
        code=f"{code}-{number + 1}",
        industry=industry,
        sites=tuple(sites),
        departments=departments,
        contact=name(rng),
        devices=devices,
    )


def _address(rng: random.Random, city: _City) -> str:
    return f"{city.name}市{rng.choice(city.streets)} {rng.randrange(1, 900)} 号"


def name(rng: random.Random) -> str:
    """A person's name."""
    return rng.choice(SURNAMES) + rng.choice(GIVEN_NAMES)

"""Steps of the browser story: headquarters, the partner's application, its staff and clients."""

import re
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.browser.people import PASSWORD, PersonBrowsers
from tests.tenants.partners.applicants import credit_code

COMPANY = "厦门赢定信息科技有限公司"
SLUG = "yingding"
CLIENT = "厦门海风实业有限公司"
CLIENT_SHORT = "海风实业"
LONG_NAME = (
    "厦门市同安区闽南古厝文化旅游发展集团股份有限公司下属"
    "海峡两岸青年创业园区物业管理与信息技术运维服务中心第二分公司驻同安办事处"
)
"""Of more than 60 characters: no page breaks under it."""
OWNER, DISPATCHER, ENGINEER = "owner@yingding.example", "dispatch@yingding.example", "zhang@yingding.example"
IT_CONTACT, OTHER_CONTACT = "it@haifeng.example", "it@qita.example"


@dataclass
class Client:
    """A client in the partner's workspace."""

    path: str

    @property
    def id(self) -> str:
        return self.path.rsplit("/", 1)[-1]


def headquarters_begins(browsers: PersonBrowsers) -> None:
    """The link that `yinghuo init` printed makes the first administrator."""
    page = browsers.page("headquarters")
    page.goto(browsers.program.first_link)
    page.get_by_label("邮箱").fill("hq@yinghuo.example")
    page.get_by_label("姓名").fill("林总")
    page.get_by_label("设置密码").fill(PASSWORD)
    browsers.screenshot(page, "first-administrator")
    page.get_by_role("button", name="加入", exact=True).click()
    page.wait_for_url("**/hq**")


def partner_applies(browsers: PersonBrowsers) -> None:
    """Apply in three steps, with the code from the mailbox."""
    page = browsers.page("applicant")
    page.goto("/")
    browsers.screenshot(page, "home")
    page.get_by_role("link", name="申请加入").first.click()
    page.get_by_label("公司全称").fill(COMPANY)
    page.get_by_label("统一社会信用代码").fill("91350200M0001AAAA1")
    page.get_by_label("所在城市").select_option(label="福建省厦门市")
    page.get_by_label("网址名称").fill(SLUG)
    page.get_by_label("服务热线").fill("0592-2000000")
    page.locator(".choice").first.click()
    page.get_by_role("button", name="下一步").click()
    expect(page.locator(".field__error")).to_be_visible()
    page.get_by_label("统一社会信用代码").fill(credit_code(1))
    browsers.screenshot(page, "join-company")
    page.get_by_role("button", name="下一步").click()

    page.get_by_label("联系人").fill("王老板")
    page.get_by_label("手机").fill("13800000001")
    page.get_by_label("邮箱").fill(OWNER)
    page.get_by_role("button", name="发送验证码").click()

    expect(page.get_by_label("邮箱验证码")).to_be_visible()
    mailbox = browsers.context_of("applicant").new_page()
    mailbox.goto(f"/mailbox?address={OWNER}")
    browsers.reload_until(mailbox, lambda: mailbox.locator("[data-code]").count() > 0, "the code")
    code = mailbox.locator("[data-code]").first.inner_text()
    browsers.screenshot(mailbox, "mailbox")
    mailbox.close()
    page.get_by_label("邮箱验证码").fill(code)
    page.get_by_role("button", name="提交申请").click()
    expect(page.get_by_role("heading", name="申请已收到")).to_be_visible()
    browsers.screenshot(page, "join-received")


def headquarters_approves(browsers: PersonBrowsers) -> None:
    """Star level and territory; the partner is provisioned behind the scenes."""
    page = browsers.page("headquarters")
    page.goto("/hq/applications")
    page.get_by_role("link", name=COMPANY).click()
    expect(page.get_by_text("信用代码校验通过")).to_be_visible()
    page.get_by_label("星级").select_option("4")
    page.get_by_label("服务城市").fill("厦门、漳州")
    page.locator("input[name=authorisations]").first.check()
    browsers.screenshot(page, "hq-application")
    page.get_by_role("button", name="批准并开通").click()
    expect(page.get_by_text("已通过").first).to_be_visible()
    expect(page.get_by_role("button", name="批准并开通")).to_have_count(0)


def owner_signs_in(browsers: PersonBrowsers) -> None:
    """The invitation lies in the mailbox; the directory knows the partner."""
    page = browsers.accept_invitation("owner", OWNER)
    expect(page).to_have_url(re.compile("/workspace"))
    visitor = browsers.page("applicant")
    visitor.goto("/partners")
    expect(visitor.get_by_text(COMPANY)).to_be_visible()
    browsers.screenshot(visitor, "directory")


def staff_is_invited(browsers: PersonBrowsers) -> None:
    """A dispatcher and an engineer, each by their role."""
    page = browsers.page("owner")
    for name, address, role in (("陈调度", DISPATCHER, "接线员/派单员"), ("张师傅", ENGINEER, "服务工程师")):
        page.goto("/workspace/members")
        page.get_by_role("link", name="邀请同事").click()
        _invite(page, name, address, role)
        expect(page.get_by_text("邀请已发出")).to_be_visible()
    browsers.screenshot(page, "members")


def _invite(page: Page, name: str, address: str, role: str) -> None:
    page.get_by_label("姓名").fill(name)
    page.get_by_label("邮箱").fill(address)
    page.get_by_label(role, exact=True).check()
    page.get_by_role("button", name="发送邀请").click()


def client_is_set_up(
    browsers: PersonBrowsers, name: str = CLIENT, short: str = CLIENT_SHORT, code: str = "haifeng"
) -> Client:
    """Company, site, department."""
    page = browsers.page("owner")
    page.goto("/workspace/clients/new")
    page.get_by_label("公司全称").fill(name)
    page.get_by_label("简称").fill(short)
    page.get_by_label("门户地址").fill(code)
    page.get_by_label("城市").fill("厦门")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    client = Client(page.url.split("?")[0])
    for tab, add, typed in (("网点", "添加网点", "总部"), ("部门", "添加部门", "财务部")):
        page.get_by_role("link", name=re.compile(f"^{tab}")).click()
        page.get_by_role("link", name=add).first.click()
        page.get_by_label("名称").fill(typed)
        page.get_by_role("button", name="保存").click()
        expect(page.get_by_role("row", name=re.compile(typed))).to_be_visible()
    browsers.screenshot(page, f"client-{code}")
    return client


def other_client_is_set_up(browsers: PersonBrowsers) -> Client:
    """A second client, for isolation checks."""
    return client_is_set_up(browsers, LONG_NAME, "其他公司", "qita")


def client_contact_is_invited(browsers: PersonBrowsers, client: Client, name: str, address: str) -> None:
    """The client's own IT contact gets an account for the portal."""
    page = browsers.page("owner")
    page.goto(f"/workspace/members/invite?client={client.id}")
    _invite(page, name, address, "客户IT联系人")
    expect(page.get_by_text("邀请已发出")).to_be_visible()

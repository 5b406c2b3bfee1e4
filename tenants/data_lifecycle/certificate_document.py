"""The certificate of an erasure on paper."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from app.platform.documents import Layout, Print, document_pdf
from app.platform.kernel.texts import N_, Translator
from app.platform.kernel.time_source import PLATFORM_ZONE
from tenants.data_lifecycle.schemas import Certificate, SealedCertificate

REASONS = {
    "figures": N_("总部的汇总数字，不含任何人的信息和业务内容"),
    "logs": N_("网络日志：《中华人民共和国网络安全法》要求留存不少于六个月，期满后清除"),
}
_TEMPLATE: Final = Path(__file__).parent / "print" / "erasure_certificate.typ"


def certificate_pdf(sealed: SealedCertificate, *, translate: Translator, installation: str) -> bytes:
    """One page or more of A4; the same certificate always gives the same bytes. `installation` is its address."""

    def page(certificate: Certificate, printing: Print) -> Mapping[str, object]:
        return {**_page(certificate, printing.translate), "sha256": sealed.sha256, "installation": installation}

    layout = Layout(template=_TEMPLATE, page=page)
    certificate = sealed.certificate
    return document_pdf(layout, certificate, translate=translate, made_at=certificate.finished_at)


def _page(certificate: Certificate, translate: Translator) -> dict[str, object]:
    _ = translate

    def moment(value: datetime) -> str:
        return f"{value.astimezone(PLATFORM_ZONE):%Y-%m-%d %H:%M}"

    return {
        "texts": {
            "title": _(N_("数据清除证明")),
            "statement": _(
                N_("兹证明：下列服务商已退出萤火网络，其数据在保留期满后已从系统中清除，不能恢复。"),
            ),
            "erased": _(N_("已清除")),
            "table": _(N_("数据表")),
            "rows": _(N_("行数")),
            "kept": _(N_("依法或按约定保留")),
            "reason": _(N_("原因")),
            "until": _(N_("保留到")),
            "nothing": _(N_("没有保留")),
            "seal": _(N_("证明内容的 SHA-256，与总部操作记录中的记录一致")),
            "zone": _(N_("时间均为北京时间")),
        },
        "facts": [
            [_(N_("服务商")), certificate.name],
            [_(N_("统一社会信用代码")), certificate.credit_code],
            [_(N_("网址名称")), certificate.slug],
            [_(N_("加入时间")), moment(certificate.joined_at)],
            [_(N_("退出时间")), moment(certificate.decided_at)],
            [_(N_("决定人")), certificate.decided_by],
            [_(N_("退出原因")), certificate.reason],
            [_(N_("清除开始")), moment(certificate.begun_at)],
            [_(N_("清除完成")), moment(certificate.finished_at)],
            [
                _(N_("文件")),
                _(N_("%(count)s 个，%(bytes)s 字节"), count=certificate.files, bytes=certificate.file_bytes),
            ],
            [_(N_("个人账号")), _(N_("%(count)s 个（不属于其他公司的）"), count=certificate.accounts)],
        ],
        "rows": [[name, str(count)] for name, count in sorted(certificate.rows.items())],
        "total": str(sum(certificate.rows.values())),
        "kept": [
            [each.table, str(each.rows), _(REASONS[each.why]), moment(each.until) if each.until else "—"]
            for each in certificate.kept
        ],
    }

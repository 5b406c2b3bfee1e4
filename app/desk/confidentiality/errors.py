"""Errors of the confidentiality area."""

from app.platform.kernel.errors import Invalid
from app.platform.kernel.texts import N_


class AgreementInvalid(Invalid):
    """A field is invalid; `fields` names it."""

    code = "confidentiality_agreement.invalid"
    text = N_("有些内容需要改正。")

"""What the area of confidentiality refuses."""

from app.kernel.errors import Invalid
from app.kernel.texts import N_


class AgreementInvalid(Invalid):
    """A field cannot be accepted; `fields` tells which."""

    code = "confidentiality.invalid"
    text = N_("有些内容需要改正。")

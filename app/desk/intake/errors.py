"""Errors of the intake area."""

from app.platform.kernel.errors import Unauthenticated
from app.platform.kernel.texts import N_


class SignInRefused(Unauthenticated):
    """Unknown number, unknown address, revoked label or wrong PIN: one error for all, so that nobody learns which."""

    code = "reporter.sign_in_refused"
    text = N_("编号或密码不对。请核对设备标签和密码条，忘了密码请打标签上的热线。")

"""Errors of contracts."""

from app.platform.kernel.errors import Conflict, Invalid
from app.platform.kernel.texts import N_


class ContractMoveRefused(Conflict):
    """The contract does not stand where this begins."""

    code = "contract.move_refused"
    text = N_("合同现在的状态下不能这样操作，请刷新后再看。")


class ContractVersionMoveRefused(Conflict):
    """The version does not stand where this begins; what was offered is never changed."""

    code = "contract_version.move_refused"
    text = N_("这一版合同已经提交，不能再修改。请撤回后再改，或另做一份变更。")


class MilestoneMoveRefused(Conflict):
    """The milestone does not stand where this begins."""

    code = "contract_milestone.move_refused"
    text = N_("这个里程碑现在的状态下不能这样操作。")


class ContractTermsWrong(Invalid):
    """Something in the terms is to be put right before anybody signs them; `fields` says what, in words."""

    code = "contract.terms_wrong"
    text = N_("合同内容还有 %(count)s 处要改。")


class ContractVersionOpen(Conflict):
    """Another version of the contract is being agreed."""

    code = "contract_version.one_open"
    text = N_("这份合同已经有一版在修改或等待客户确认。")


class ContractDayOutside(Invalid):
    """The day lies outside of the contract's term."""

    code = "contract.day_outside"
    text = N_("日期不在合同期内：%(first)s 到 %(last)s。")


class PrepaidLineMissing(Conflict):
    """The contract sells nothing ahead by this line on that day."""

    code = "prepaid_block.line_missing"
    text = N_("合同在这一天没有这项预付服务。")

"""Errors of invoices."""

from app.platform.kernel.errors import Conflict, Forbidden, Invalid
from app.platform.kernel.texts import N_


class InvoiceDraftMoveRefused(Conflict):
    """The draft is not in a state in which this can be done to it."""

    code = "invoice_draft.move_refused"
    text = N_("这张草稿现在不能这样操作：它可能已经提交、开出或作废。")


class DraftNeedsApproval(Conflict):
    """The amount is above the company's limit, and nobody else has said yes."""

    code = "invoice_draft.approval_required"
    text = N_("金额超过本公司的审批限额，请先提交审批。")


class DraftEmpty(Conflict):
    """There is nothing on it."""

    code = "invoice_draft.empty"
    text = N_("这张草稿没有内容，不能开出。")


class DraftNegative(Conflict):
    """An invoice asks for money; what is given back goes by a credit note, or waits for the next invoice."""

    code = "invoice_draft.negative"
    text = N_("合计是负数，不能开成账单。请把退回的项目留到下次，或开红字单。")


class SomebodyElseApproves(Forbidden):
    """There are others who may approve: only the owner of a company of one approves alone."""

    code = "invoice_draft.not_alone"
    text = N_("本公司还有其他人可以审批，请提交审批。")


class SellerUnknown(Conflict):
    """The company has not said how it stands on its invoices."""

    code = "seller_profile.missing"
    text = N_("请先填写本公司的开票资料（名称和税号）。")


class PayerInvalid(Invalid):
    """The payer is the client itself, pays by another one, or is paid for by this client's own branches."""

    code = "billing_profile.payer_invalid"
    text = N_("付款公司不能是自己，也不能再由别的公司代付。")


class AmountBeyondOpen(Conflict):
    """More than is open is settled, or more than was settled is opened again."""

    code = "open_item.amount_beyond"
    text = N_("金额超过 %(number)s 的未结金额 %(open)s。")


class TaxRateUnknown(Conflict):
    """A charge is taxed by a rate that did not hold on its day."""

    code = "invoice_draft.tax_rate_unknown"
    text = N_("“%(name)s”的税率 %(tax)s 在 %(day)s 不存在，请先更正这笔费用。")


class CreditBeyondLine(Invalid):
    """More than is left of a line, or of the invoice, would be given back."""

    code = "credit_note.beyond_line"
    text = N_("退回的金额要大于零，且不超过这一行和整张账单还没有退的部分。")


class NothingToCredit(Conflict):
    """All of the invoice was given back, or it asked for nothing."""

    code = "credit_note.nothing_left"
    text = N_("这张账单没有可以退回的金额。")


class CreditNoteMoveRefused(Conflict):
    """The request was decided, withdrawn or expired."""

    code = "credit_note.move_refused"
    text = N_("这份红字申请已经处理过，请刷新后再看。")


class CreditNoteRequested(Conflict):
    """Another request about the invoice waits."""

    code = "credit_note.already_requested"
    text = N_("这张账单已经有一份红字申请在等待审批。")

"""Errors of quotes."""

from app.platform.kernel.errors import Conflict, Invalid
from app.platform.kernel.texts import N_


class QuoteMoveRefused(Conflict):
    """The quote's state does not allow this: only a draft is written, only an offered one decided."""

    code = "quote.move_refused"
    text = N_("这份报价的状态已经变了，现在不能这样操作。请刷新后再看。")


class OfferMoveRefused(Conflict):
    """The offer was decided, withdrawn or replaced, or its time is over."""

    code = "offered_quote.move_refused"
    text = N_("这份报价已经处理过、被撤回、换成了新版本，或者过了有效期。")


class QuoteEmpty(Conflict):
    """There is nothing to offer."""

    code = "quote.empty"
    text = N_("报价里还没有内容，先添加一行再发给客户。")


class ValidityPast(Invalid):
    """An offer is valid until today or a later day of the client's zone."""

    code = "quote.validity_past"
    text = N_("有效期不能早于今天。")


class ProductMissing(Invalid):
    """The price book that holds today does not sell this."""

    code = "quote.product_missing"
    text = N_("今天生效的价目表里没有编号为“%(product)s”的服务。")


class QuotePriceOutOfBounds(Invalid):
    """A price after its discount lies below headquarters' floor, or above its ceiling."""

    code = "quote.price_out_of_bounds"
    text = N_("“%(name)s”打折后的单价 %(price)s 超出总部规定的范围：%(floor)s 到 %(ceiling)s。")


class CurrenciesMixed(Conflict):
    """One quote has one currency."""

    code = "quote.currencies_mixed"
    text = N_("这项价格的币种和报价里已有的不同，请另开一份报价。")


class CostMissing(Invalid):
    """A part or other free line without its cost has no margin that could be checked."""

    code = "quote.cost_missing"
    text = N_("配件和其他自定项目要填成本，才能检查毛利。")


class TooManyLines(Conflict):
    """A quote is read line by line."""

    code = "quote.too_many_lines"
    text = N_("一份报价最多 %(limit)s 行。")


class ForeignTicket(Invalid):
    """The ticket belongs to another client than the quote."""

    code = "quote.ticket_of_another_client"
    text = N_("这张服务单不是这家客户的。")


class LinesUnknown(Invalid):
    """What was approved is no line of the offer, or nothing was chosen."""

    code = "offered_quote.lines_unknown"
    text = N_("请至少勾选一项；都不要就选“拒绝”。")

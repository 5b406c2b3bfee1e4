"""Errors of price books."""

from app.platform.kernel.errors import Conflict, Invalid
from app.platform.kernel.texts import N_


class PriceBookMoveRefused(Conflict):
    """A published or discarded version is not written any more."""

    code = "price_book.move_refused"
    text = N_("这一版价目表已经发布或作废，不能再修改。请新建一版。")


class PriceOutOfBounds(Invalid):
    """A price lies below headquarters' floor or above its ceiling."""

    code = "price_book.out_of_bounds"
    text = N_("“%(name)s”的价格 %(price)s 超出总部规定的范围：%(floor)s 到 %(ceiling)s。")


class PriceBookEmpty(Conflict):
    """There is no price to publish."""

    code = "price_book.empty"
    text = N_("价目表里还没有价格。")


class EffectiveDayPast(Conflict):
    """A version holds from today or a later day: prices of work that is done do not change."""

    code = "price_book.day_past"
    text = N_("生效日期不能早于今天：已经完成的服务按当时的价格计费。")


class PriceCodeTaken(Conflict):
    """Another line of the version has this code."""

    code = "price_book.code_taken"
    text = N_("这一版里已经有编号为“%(price_code)s”的服务。")


class TaxRateMissing(Invalid):
    """No tax rate has this code on the day."""

    code = "tax_rate.missing"
    text = N_("%(day)s 没有“%(tax)s”这个税率。")


class BoundsCrossed(Invalid):
    """The floor lies above the ceiling, or the suggested price outside of both."""

    code = "standard_price.bounds_crossed"
    text = N_("下限不能高于上限，建议价要在两者之间。")

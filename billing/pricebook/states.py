"""The life of a version of the price book."""

from enum import StrEnum
from typing import Final

from app.platform.kernel.state_machine import StateMachine, transition
from app.platform.kernel.texts import N_
from billing.pricebook.errors import PriceBookMoveRefused


class PriceBookState(StrEnum):
    """Whether it can still be written."""

    DRAFT = "draft"
    PUBLISHED = "published"
    """Holds from its day on, until the day of a later version."""
    DISCARDED = "discarded"


class PriceBookMove(StrEnum):
    """What happens to it."""

    PUBLISH = "publish"
    DISCARD = "discard"


PRICE_BOOK_STATE_NAMES: Final = {
    PriceBookState.DRAFT: N_("草稿"),
    PriceBookState.PUBLISHED: N_("已发布"),
    PriceBookState.DISCARDED: N_("已作废"),
}
PRICE_BOOK_MACHINE: Final = StateMachine(
    record="price_book",
    columns=("price_book_version.state",),
    states=PriceBookState,
    started=frozenset({PriceBookState.DRAFT}),
    moves={
        PriceBookMove.PUBLISH: transition({PriceBookState.DRAFT}, PriceBookState.PUBLISHED),
        PriceBookMove.DISCARD: transition({PriceBookState.DRAFT}, PriceBookState.DISCARDED),
    },
    refusal=PriceBookMoveRefused,
    state_names=PRICE_BOOK_STATE_NAMES,
    move_names={PriceBookMove.PUBLISH: N_("发布"), PriceBookMove.DISCARD: N_("作废")},
)

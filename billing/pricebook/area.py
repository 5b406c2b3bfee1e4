"""What this area declares about itself."""

from typing import Final

from app.platform.kernel.actor import ActorKind
from app.platform.kernel.areas import (
    AboutPeople,
    Area,
    AuditGroup,
    DeclaredPermission,
    Kept,
    NavigationEntry,
    NavigationGroup,
)
from app.platform.kernel.texts import N_
from billing.pricebook.permissions import PriceBookPermission

AREA: Final = Area(
    package="billing.pricebook",
    features={"B1": ""},
    models=("models",),
    api=("api:handlers",),
    commands=("import-prices",),
    imports={"prices": "price_import:PRICE_LIST"},
    pages=("pages:handlers",),
    permissions=(
        DeclaredPermission(
            PriceBookPermission.PRICE_BOOK_READ,
            N_("查看价目表"),
            ("hq_administrator", "dispatcher", "service_manager"),
        ),
        DeclaredPermission(PriceBookPermission.PRICE_BOOK_WRITE, N_("编写和发布价目表"), ("service_manager",)),
        DeclaredPermission(PriceBookPermission.STANDARD_PRICE_WRITE, N_("设定标准价格"), ("hq_administrator",)),
    ),
    navigation=(
        NavigationEntry(
            ActorKind.PROVIDER,
            NavigationGroup.BUSINESS,
            10,
            "price-book",
            "/workspace/price-book",
            N_("价目表"),
            "list-details",
            PriceBookPermission.PRICE_BOOK_READ,
        ),
        NavigationEntry(
            ActorKind.HQ,
            NavigationGroup.BUSINESS,
            10,
            "standard-prices",
            "/hq/standard-prices",
            N_("标准价格"),
            "list-details",
            PriceBookPermission.STANDARD_PRICE_WRITE,
        ),
    ),
    audit_groups=(
        AuditGroup("price_book.", N_("价目表")),
        AuditGroup("standard_price.", N_("标准价格")),
    ),
    audit_actions={
        "price_book.created": N_("新建价目表"),
        "price_book.discarded": N_("作废价目表"),
        "price_book.published": N_("发布价目表"),
        "standard_price.changed": N_("设定标准价格"),
    },
    audit_records={
        "price_book": N_("价目表"),
        "standard_price": N_("标准价格"),
    },
    kept={
        Kept.ORGANISATION: ("price_book_line", "price_book_version", "standard_price", "tax_item", "tax_rate"),
    },
    about_people={
        AboutPeople.NOBODY: ("price_book_line", "standard_price", "tax_item", "tax_rate"),
        AboutPeople.STAFF: ("price_book_version",),
    },
)

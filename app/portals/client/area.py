"""What this area declares about itself."""

from typing import Final

from app.platform.kernel.actor import ActorKind
from app.platform.kernel.areas import Area, NavigationEntry, NavigationGroup, StartingPoint, Waiting
from app.platform.kernel.texts import N_, NP_
from billing.contracts import AgreementPermission
from billing.credits import CreditPermission
from billing.invoicing import InvoicePermission
from billing.payments import PaymentPermission
from rbac import Permission

AREA: Final = Area(
    package="app.portals.client",
    features={"C3": ""},
    pages=("pages:handlers",),
    navigation=(
        NavigationEntry(
            ActorKind.CLIENT,
            NavigationGroup.DAILY,
            10,
            "overview",
            "/portal",
            N_("概览"),
            "home",
            Permission.TICKET_READ,
            "h",
            bar=1,
        ),
        NavigationEntry(
            ActorKind.CLIENT,
            NavigationGroup.DAILY,
            20,
            "tickets",
            "/portal/tickets",
            N_("服务单"),
            "ticket",
            Permission.TICKET_READ,
            "t",
            bar=2,
            waiting=Waiting("counts:unconfirmed_tickets", N_("张等您确认"), "tickets"),
        ),
        NavigationEntry(
            ActorKind.CLIENT,
            NavigationGroup.RECORDS,
            30,
            "devices",
            "/portal/devices",
            NP_("list", "设备"),
            "device-desktop",
            Permission.DEVICE_READ,
            "d",
            bar=3,
        ),
        NavigationEntry(
            ActorKind.CLIENT,
            NavigationGroup.RECORDS,
            40,
            "people",
            "/portal/people",
            N_("员工"),
            "users",
            Permission.CLIENT_READ,
            "p",
            bar=4,
        ),
        NavigationEntry(
            ActorKind.CLIENT,
            NavigationGroup.BUSINESS,
            10,
            "contracts",
            "/portal/contracts",
            NP_("list", "合同"),
            "file-text",
            AgreementPermission.AGREED_CONTRACT_READ,
            waiting=Waiting("counts:contracts_to_answer", N_("份合同等您确认"), "notifications"),
        ),
        NavigationEntry(
            ActorKind.CLIENT,
            NavigationGroup.QUALITY,
            50,
            "confidentiality",
            "/portal/confidentiality",
            N_("保密"),
            "lock",
            Permission.CLIENT_READ,
        ),
        NavigationEntry(
            ActorKind.CLIENT,
            NavigationGroup.BUSINESS,
            60,
            "invoices",
            "/portal/invoices",
            N_("账单"),
            "receipt",
            InvoicePermission.INVOICE_READ,
            bar=5,
        ),
        NavigationEntry(
            ActorKind.CLIENT,
            NavigationGroup.BUSINESS,
            65,
            "payments",
            "/portal/payments",
            NP_("list", "付款"),
            "building-bank",
            PaymentPermission.PAYMENT_READ,
        ),
        NavigationEntry(
            ActorKind.CLIENT,
            NavigationGroup.BUSINESS,
            70,
            "credits",
            "/portal/credits",
            N_("服务赔付"),
            "arrow-back-up",
            CreditPermission.SERVICE_CREDIT_READ,
        ),
    ),
    starting_points=(StartingPoint(ActorKind.CLIENT, "/portal/report", N_("报修"), "plus", Permission.TICKET_CREATE),),
)

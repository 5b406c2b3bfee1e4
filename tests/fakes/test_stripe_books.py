"""The stand-in's own books, after anything that payers, banks, partners and the platform do in any order."""

import random
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.stripe.balance import sums
from tests.fakes.stripe.controls import CONTROLS
from tests.fakes.stripe.records import Account
from tests.fakes.stripe.service import Asked, Service

DAY = 86_400
START = 1_794_800_000


@pytest.fixture(scope="module")
def service() -> Service:
    return Service()


class Company:
    """A connected account of a platform of its own, asked without a network."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.platform = service.new_platform()
        self.platform.frozen_at = START
        status, made = self.post("/v1/accounts", {"type": "standard"}, account=None)
        assert status == 200, made
        self.account: Account = self.platform.accounts[made["id"]]
        self.do("complete_account")

    def post(self, path: str, form: dict[str, object], account: str | None = "here") -> tuple[int, Any]:
        headers = {"authorization": f"Bearer {self.platform.key}"}
        headers |= {"stripe-account": self.account.id} if account else {}
        status, answer, _ = self.service.respond(Asked("post", path, headers, urlencode(form)))
        assert status != 500, answer
        return status, answer

    def do(self, control: str, **said: object) -> Any:
        return CONTROLS[control](self.service, self.platform, {"account": self.account.id, **said})

    def step(self, kind: str, chance: random.Random) -> None:
        """One thing that happens, to something chosen by chance; what Stripe refuses is refused."""
        charges = self.account.those("charge", status="succeeded")
        charge = chance.choice(charges) if charges else None
        if kind == "pay":
            amount = chance.randint(50, 100_000)
            form: dict[str, object] = {"amount": amount, "currency": "usd", "confirm": "true"}
            form |= {"payment_method": "pm_card_visa", "payment_method_types[]": "card"}
            form |= {"application_fee_amount": chance.randint(1, amount)} if chance.random() < 0.7 else {}
            assert self.post("/v1/payment_intents", form)[0] == 200
        elif kind == "refund" and charge:
            form = {"charge": charge["id"], "amount": chance.randint(1, charge["amount"])}
            form |= {"refund_application_fee": "true"} if chance.random() < 0.5 else {}
            self.post("/v1/refunds", form)
        elif kind == "refund fails":
            refunds = self.account.those("refund", status="succeeded")
            if refunds:
                self.do("decide_refund", refund=chance.choice(refunds)["id"], paid=False)
        elif kind == "dispute" and charge and not charge["disputed"] and not charge["refunded"]:
            left = charge["amount"] - charge["amount_refunded"]
            self.do("open_dispute", payment=charge["payment_intent"], amount=left, reason="general", inquiry=False)
        elif kind == "dispute ends":
            disputes = self.account.those("dispute", status="needs_response")
            if disputes:
                self.do("decide_dispute", dispute=chance.choice(disputes)["id"], won=chance.random() < 0.5)
        elif kind == "payout":
            self.platform.frozen_at = self.platform.now() + DAY
            self.do("pay_out")
        elif kind == "payout ends":
            payouts = self.account.those("payout", status="pending")
            if payouts:
                status = chance.choice(["paid", "failed"])
                self.do("move_payout", payout=chance.choice(payouts)["id"], status=status)


KINDS = ["pay", "refund", "refund fails", "dispute", "dispute ends", "payout", "payout ends"]


@settings(max_examples=60)
@given(st.lists(st.sampled_from(KINDS), max_size=25), st.integers(0, 2**32))
def test_what_an_account_holds_is_what_moved(service: Service, kinds: list[str], seed: int) -> None:
    company, chance = Company(service), random.Random(seed)
    for kind in kinds:
        company.step(kind, chance)
    account, own = company.account, company.platform.own
    movements = account.those("balance_transaction")
    held = sums(account, "available").get("usd", 0) + sums(account, "pending").get("usd", 0)
    assert held == sum(each["amount"] - each["fee"] for each in movements)
    for charge in account.those("charge"):
        given_back = [each["amount"] for each in account.those("refund", charge=charge["id"], status="succeeded")]
        assert charge["amount_refunded"] == sum(given_back) <= charge["amount_captured"]
    fees = [part["amount"] for each in movements for part in each["fee_details"] if part["type"] == "application_fee"]
    assert sum(fees) == sum(each["net"] for each in own.those("balance_transaction"))
    for fee in own.those("application_fee"):
        assert 0 <= fee["amount_refunded"] <= fee["amount"]
    paid_out = [each["amount"] for each in account.those("payout") if each["status"] in {"pending", "paid"}]
    assert sum(paid_out) == -sum(each["amount"] for each in movements if each["type"].startswith("payout"))

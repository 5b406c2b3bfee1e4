"""What nobody else may see of recovery cases: the case is its client's, the files' names are for its people alone."""

import httpx

from tests.isolation.scenery import HELD, INSIDE, OUTSIDE, SECRET, SceneryMaker, signature

HIDDEN_FROM = {
    "recovery_case_id": (*OUTSIDE, *INSIDE, *HELD),
    "recovery_medium_id": (*OUTSIDE, *INSIDE, *HELD),
    "custody_receipt_id": (*OUTSIDE, *INSIDE, *HELD),
    "disposal_certificate_id": (*OUTSIDE, *INSIDE, *HELD),
}


async def make(scenery: SceneryMaker, manager: httpx.AsyncClient) -> None:
    """A case with two disks: one is in custody, one went back; its list of files is written."""
    await scenery.network.authorise(scenery.owner, "data_recovery", "software", "hardware", "network", "training")
    cases = "/api/v1/recovery-cases"
    disk = {"kind": SECRET, "condition": SECRET}
    wanted = {
        "client_id": str(scenery.ids["client_id"]),
        "wanted": SECRET,
        "giver_name": SECRET,
        "consents": True,
        "media": [{**disk, "serial": "SN-1"}, {**disk, "serial": "SN-2"}],
    }
    opened = await scenery.done(manager.post(cases, json=wanted))
    scenery.keep("recovery_case_id", opened, "id")
    case = f"{cases}/{scenery.ids['recovery_case_id']}"
    receipt = await scenery.done(manager.post(f"{case}/receipt"))
    scenery.keep("custody_receipt_id", receipt, "id")
    signing = {"content_hash": receipt.json()["content_hash"], "place": SECRET, "image": signature()}
    received = (await scenery.done(manager.post(f"{case}/receipt/signature", json=signing))).json()
    second = received["media"][1]["id"]
    back = {"receiver_name": SECRET, "place": SECRET, "image": signature()}
    returned = (await scenery.done(manager.post(f"{case}/media/{second}/return", json=back))).json()
    scenery.ids["recovery_medium_id"] = await scenery.found(
        "SELECT id FROM recovery_medium WHERE case_id = $1 AND state = 'held'", scenery.ids["recovery_case_id"]
    )
    scenery.ids["disposal_certificate_id"] = await scenery.found(
        "SELECT id FROM disposal_certificate WHERE case_id = $1", scenery.ids["recovery_case_id"]
    )
    assert returned["state"] == "received"
    await scenery.row(
        "recovered_file",
        case_id=scenery.ids["recovery_case_id"],
        path=SECRET,
        outcome="recovered",
        position=1,
    )

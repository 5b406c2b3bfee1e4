"""What nobody else may see of single sign-on."""

import httpx

from tests.isolation.scenery import SceneryMaker


async def make(scenery: SceneryMaker, _: httpx.AsyncClient) -> None:
    """The company's identity provider, set up and not yet used."""
    await scenery.row(
        "identity_provider",
        client_id=None,
        issuer="https://identity.example.com",
        email_domains=["example.com"],
        default_roles=["dispatcher"],
        active=False,
    )

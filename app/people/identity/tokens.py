"""Unguessable tokens. People hold the token, the database holds its SHA-256."""

import hashlib
import secrets


def new_token() -> str:
    """256 random bits, URL-safe."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What the database keeps. The token has full entropy, so a plain SHA-256 is enough."""
    return hashlib.sha256(token.encode()).hexdigest()

"""Encryption (Fernet) of secrets that must be readable again: a second factor's seed, a provider's client secret.

The keys are derived from the installation's secrets: the current one encrypts, the current and the former ones decrypt.
So a secret is changed by moving the old one to `YINGHUO_FORMER_SECRETS`.
"""

import base64
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class DecryptionFailed(RuntimeError):
    """Encrypted with a secret that is neither the current nor a former one: the operator has lost it."""


class SecretCipher:
    """Encrypts and decrypts short texts for one purpose; each purpose has its own key."""

    def __init__(self, secrets: Sequence[bytes], purpose: str) -> None:
        """`secrets`: the current one first."""
        self._fernet = MultiFernet([Fernet(_key(secret, purpose)) for secret in secrets])

    def encrypt(self, text: str) -> str:
        return self._fernet.encrypt(text.encode()).decode()

    def decrypt(self, sealed: str) -> str:
        """
        Raises:
            DecryptionFailed
        """
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise DecryptionFailed from error


def _key(secret: bytes, purpose: str) -> bytes:
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"yinghuo sealing " + purpose.encode())
    return base64.urlsafe_b64encode(derived.derive(secret))

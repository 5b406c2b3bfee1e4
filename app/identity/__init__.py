"""Accounts, memberships, reporters, sessions."""

from app.identity.authentication import SessionAuthenticator, kind_of_member
from app.identity.models import Account, AccountSession, AccountToken, Invitation, Membership, Reporter
from app.identity.passwords import MINIMUM_LENGTH, PasswordHashing
from app.identity.sessions import NewSession, SignInStore
from app.identity.tokens import new_token, token_hash

__all__ = [
    "MINIMUM_LENGTH",
    "Account",
    "AccountSession",
    "AccountToken",
    "Invitation",
    "Membership",
    "NewSession",
    "PasswordHashing",
    "Reporter",
    "SessionAuthenticator",
    "SignInStore",
    "kind_of_member",
    "new_token",
    "token_hash",
]

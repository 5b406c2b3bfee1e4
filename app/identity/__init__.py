"""Accounts, memberships, reporters, sessions."""

from app.identity.authentication import SessionAuthenticator, kind_of_member
from app.identity.deactivation import follow_employee_state
from app.identity.delivery_queue import DeliveryQueue
from app.identity.dependencies import IdentityDependencies
from app.identity.destinations import RECORDS_PAGE
from app.identity.errors import AlreadyMember, InvitationClosed, RoleBeyondOwn
from app.identity.events import MemberChanged, MemberJoined
from app.identity.login_names import account_email
from app.identity.messages import EmailMessage, MessageSender
from app.identity.models import (
    Account,
    AccountSession,
    AccountSubject,
    AccountToken,
    Invitation,
    Membership,
    Reporter,
)
from app.identity.passwords import MINIMUM_LENGTH, PasswordHashing, check_new_password
from app.identity.recipients import Recipient, in_roles, recipients
from app.identity.role_granting import ADMINISTRATOR_ROLES, ROLE_NAMES, require_grantable
from app.identity.schemas import InvitationCreate
from app.identity.services.installation import initialise
from app.identity.services.invitations import Invitations
from app.identity.services.members import Members
from app.identity.sessions import NewSession, SignInStore
from app.identity.tokens import new_token, token_hash

__all__ = [
    "ADMINISTRATOR_ROLES",
    "MINIMUM_LENGTH",
    "RECORDS_PAGE",
    "ROLE_NAMES",
    "Account",
    "AccountSession",
    "AccountSubject",
    "AccountToken",
    "AlreadyMember",
    "DeliveryQueue",
    "EmailMessage",
    "IdentityDependencies",
    "Invitation",
    "InvitationClosed",
    "InvitationCreate",
    "Invitations",
    "MemberChanged",
    "MemberJoined",
    "Members",
    "Membership",
    "MessageSender",
    "NewSession",
    "PasswordHashing",
    "Recipient",
    "Reporter",
    "RoleBeyondOwn",
    "SessionAuthenticator",
    "SignInStore",
    "account_email",
    "check_new_password",
    "follow_employee_state",
    "in_roles",
    "initialise",
    "kind_of_member",
    "new_token",
    "recipients",
    "require_grantable",
    "token_hash",
]

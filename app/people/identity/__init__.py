"""Accounts, memberships, reporters, sessions."""

from app.people.identity.authentication import SessionAuthenticator, kind_of_member
from app.people.identity.deactivation import follow_employee_state
from app.people.identity.delivery_queue import DeliveryQueue
from app.people.identity.dependencies import IdentityDependencies
from app.people.identity.destinations import RECORDS_PAGE
from app.people.identity.errors import AlreadyMember, InvitationClosed, RoleBeyondOwn
from app.people.identity.events import MemberChanged, MemberJoined
from app.people.identity.login_names import account_email
from app.people.identity.messages import EmailMessage, MessageSender
from app.people.identity.models import (
    Account,
    AccountSession,
    AccountSubject,
    AccountToken,
    Invitation,
    Membership,
    Reporter,
)
from app.people.identity.passwords import MINIMUM_LENGTH, PasswordHashing, check_new_password
from app.people.identity.recipients import Recipient, in_roles, recipients
from app.people.identity.role_granting import ADMINISTRATOR_ROLES, ROLE_NAMES, require_grantable
from app.people.identity.schemas import InvitationCreate
from app.people.identity.services.installation import initialise
from app.people.identity.services.invitations import Invitations
from app.people.identity.services.members import Members
from app.people.identity.sessions import NewSession, SignInStore
from app.people.identity.tokens import new_token, token_hash

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

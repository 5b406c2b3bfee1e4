"""Accounts, memberships, reporters, sessions."""

from app.people.identity.accounts import forget_accounts
from app.people.identity.authentication import SessionAuthenticator, kind_of_member
from app.people.identity.deactivation import follow_employee_state
from app.people.identity.delivery_queue import DeliveryQueue
from app.people.identity.dependencies import IdentityDependencies
from app.people.identity.destinations import RECORDS_PAGE, home_of, own_path
from app.people.identity.errors import SecondFactorNeeded, SecondFactorRefused, SignInRefused
from app.people.identity.events import MemberChanged, MemberJoined
from app.people.identity.login_names import account_email, login_name
from app.people.identity.messages import Notice, code_message, notice_message
from app.people.identity.models import Account, AccountSession, AccountSubject, AccountToken, Membership, Reporter
from app.people.identity.passwords import PasswordHashing
from app.people.identity.recipients import Recipient, in_roles, read_recipients
from app.people.identity.repository import AccountRepository
from app.people.identity.role_granting import (
    ADMINISTRATOR_ROLES,
    ROLE_NAMES,
    in_display_order,
    require_grantable,
    role_names,
)
from app.people.identity.schemas import InvitationAcceptance, InvitationCreate
from app.people.identity.services.installation import initialise
from app.people.identity.services.invitations import Invitations
from app.people.identity.services.members import Members
from app.people.identity.sessions import NewSession, SignInStore
from app.people.identity.throttling import DAY, known_caller_rules, link_rules, reset_rules, second_factor_rules
from app.people.identity.tokens import new_token, token_hash

__all__ = [
    "ADMINISTRATOR_ROLES",
    "DAY",
    "RECORDS_PAGE",
    "ROLE_NAMES",
    "Account",
    "AccountRepository",
    "AccountSession",
    "AccountSubject",
    "AccountToken",
    "DeliveryQueue",
    "IdentityDependencies",
    "InvitationAcceptance",
    "InvitationCreate",
    "Invitations",
    "MemberChanged",
    "MemberJoined",
    "Members",
    "Membership",
    "NewSession",
    "Notice",
    "PasswordHashing",
    "Recipient",
    "Reporter",
    "SecondFactorNeeded",
    "SecondFactorRefused",
    "SessionAuthenticator",
    "SignInRefused",
    "SignInStore",
    "account_email",
    "code_message",
    "follow_employee_state",
    "forget_accounts",
    "home_of",
    "in_display_order",
    "in_roles",
    "initialise",
    "kind_of_member",
    "known_caller_rules",
    "link_rules",
    "login_name",
    "new_token",
    "notice_message",
    "own_path",
    "read_recipients",
    "require_grantable",
    "reset_rules",
    "role_names",
    "second_factor_rules",
    "token_hash",
]

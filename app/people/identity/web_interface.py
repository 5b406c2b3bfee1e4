"""What other areas may use in the web process; the worker does not load it."""

from app.people.identity.api import identity_dependencies, sign_in_context_of
from app.people.identity.cookies import set_cookie
from app.people.identity.known_browser import known_browser, known_browser_cookie
from app.people.identity.services.invitation_acceptance import InvitationAcceptances
from app.people.identity.services.second_factor import SecondFactors
from app.people.identity.services.sign_in import SignIn, SignInContext

__all__ = [
    "InvitationAcceptances",
    "SecondFactors",
    "SignIn",
    "SignInContext",
    "identity_dependencies",
    "known_browser",
    "known_browser_cookie",
    "set_cookie",
    "sign_in_context_of",
]

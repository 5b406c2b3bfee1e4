"""What goes in and out of identity, for the API and the pages alike."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from app.people.identity.sessions import NewSession
from app.platform.kernel.input_text import CODE, LINE, SECRET, Input, Line

Name = Annotated[str, LINE, msgspec.Meta(min_length=1, max_length=80)]
Address = Annotated[str, LINE, msgspec.Meta(min_length=1, max_length=254)]
GivenPassword = Annotated[str, SECRET, msgspec.Meta(max_length=200)]


class OwnMembership(msgspec.Struct, frozen=True):
    """One of the memberships of the account that asks. `home` is the page it works in."""

    id: UUID
    tenant_id: UUID
    tenant_name: str
    client_id: UUID | None
    display_name: str
    kind: str
    roles: list[str]
    home: str


class SessionCreate(Input, frozen=True, forbid_unknown_fields=True):
    """`name` is an e-mail address or a mainland mobile number. Without `membership_id` the one used last is opened."""

    name: Address
    password: GivenPassword
    membership_id: UUID | None = None
    code: Annotated[str, SECRET, msgspec.Meta(max_length=40)] = ""
    """Of the authenticator app, or a recovery code, where the account has a second factor."""
    known_browser: Annotated[str, LINE, msgspec.Meta(max_length=300)] = ""
    """Of the last session opened by this program, if any."""


class SessionOpened(msgspec.Struct, frozen=True):
    """The token is shown this once; send it as `Authorization: Bearer <token>`. `expires_in` is in seconds."""

    token: str
    expires_in: int
    membership: OwnMembership
    memberships: list[OwnMembership]
    known_browser: str = ""
    """Sent along with the next sign-in, it keeps strangers' wrong tries from slowing this one down."""


class SessionRenewed(msgspec.Struct, frozen=True):
    """The session's new token; the token before it is revoked. `expires_in` is in seconds."""

    token: str
    expires_in: int


class SignedIn(msgspec.Struct, frozen=True):
    """A fresh session and everything its owner may switch to."""

    session: NewSession
    account_id: UUID
    language: str
    membership: OwnMembership
    memberships: list[OwnMembership]
    known_browser: str = ""
    """The cookie by which the browser is known again."""

    def opened(self) -> SessionOpened:
        return SessionOpened(
            self.session.token, self.session.expires_in, self.membership, self.memberships, self.known_browser
        )


class MembershipChoice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    membership_id: UUID


class OwnAccount(msgspec.Struct, frozen=True):
    """The account behind the session."""

    id: UUID
    display_name: str
    email: str | None
    mobile: str | None
    language: str


class OwnSession(msgspec.Struct, frozen=True):
    """One active session of the account. `current` marks the one that asks."""

    id: UUID
    created_at: datetime
    expires_at: datetime
    network_address: str
    user_agent: str
    current: bool


Code = Annotated[str, SECRET, msgspec.Meta(min_length=1, max_length=40)]


class SecondFactorState(msgspec.Struct, frozen=True):
    """Whether the account is asked for a code at sign-in. `mandatory`: it must be, by what one of its memberships may
    do; `due`: the present session can do nothing else before it is."""

    in_use: bool
    since: datetime | None
    recovery_codes_left: int
    mandatory: bool
    due: bool


class SecondFactorSetup(msgspec.Struct, frozen=True):
    """The seed for the authenticator app: as the QR code of `uri`, or `seed` (base32) for typing."""

    seed: str
    uri: str


class SecondFactorProof(Input, frozen=True, forbid_unknown_fields=True):
    """The present password and a code: of the app, or a recovery code."""

    password: GivenPassword
    code: Code


class RecoveryCodes(msgspec.Struct, frozen=True):
    """Each stands in for the app once. They are shown this once."""

    codes: list[str]


class SecondFactorConfirmed(msgspec.Struct, frozen=True):
    """The recovery codes, this once, and the token under which the session goes on."""

    codes: list[str]
    session: SessionRenewed


class PasswordChange(Input, frozen=True, forbid_unknown_fields=True):
    present: GivenPassword
    password: GivenPassword
    end_tokens: bool = False
    """Whether the account's API tokens end too: a new password alone leaves them."""


class EmailChange(Input, frozen=True, forbid_unknown_fields=True):
    """The present password, and the address that the account is to have."""

    password: GivenPassword
    email: Address


class MobileChange(Input, frozen=True, forbid_unknown_fields=True):
    """The present password, and the mainland mobile number that the account is to have."""

    password: GivenPassword
    mobile: Annotated[str, LINE, msgspec.Meta(min_length=1, max_length=40)]


class MobileCode(Input, frozen=True, forbid_unknown_fields=True):
    """The six digits that came by SMS."""

    code: Code


class EmailLink(msgspec.Struct, frozen=True):
    """What a link would make the account's address."""

    email: str


class PasswordResetRequest(Input, frozen=True, forbid_unknown_fields=True):
    name: Address


class PasswordReset(Input, frozen=True, forbid_unknown_fields=True):
    password: GivenPassword
    end_tokens: bool = False
    """Whether the account's API tokens end too: a new password alone leaves them."""


class Member(msgspec.Struct, frozen=True):
    """A person of this company, or of one of its clients. `state` is active or suspended."""

    id: UUID
    display_name: str
    email: str
    mobile: str
    client_id: UUID | None
    roles: list[str]
    state: str
    created_at: datetime
    version: int


class MemberRow(Member, frozen=True):
    """A member as the list shows them; `role_names` are source texts, and names that the company gave."""

    role_names: tuple[str, ...]


class RolesUpdate(Input, frozen=True, forbid_unknown_fields=True):
    """`version` is the one that was read; an older one is refused."""

    roles: list[Annotated[str, CODE]]
    version: int


class StateUpdate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: int


class InvitationCreate(Input, frozen=True, forbid_unknown_fields=True):
    """With `client_id` the person becomes one of that client's people and gets client roles. The mail is written in
    `language`, else in the inviter's."""

    email: Address
    display_name: Name
    roles: list[Annotated[str, CODE]]
    client_id: UUID | None = None
    language: Annotated[str, CODE] | None = None


class InvitationView(msgspec.Struct, frozen=True):
    """An invitation that waits for its answer."""

    id: UUID
    email: str
    display_name: str
    client_id: UUID | None
    roles: list[str]
    created_at: datetime
    sent_at: datetime
    expires_at: datetime


class InvitationOffer(msgspec.Struct, frozen=True):
    """What the holder of an invitation's link sees. `account_exists`: the address has an account with a password."""

    company: str
    email: str
    display_name: str
    roles: list[str]
    expires_at: datetime
    account_exists: bool


class InvitationAcceptance(Input, frozen=True, forbid_unknown_fields=True):
    """Whoever is signed in with the invited address sends nothing. Others send the password of the account that has the
    address, or name and password of a new one. `email` is asked of the first administrator only."""

    password: GivenPassword = ""
    display_name: Line = ""
    email: Line = ""
    code: Annotated[str, SECRET, msgspec.Meta(max_length=40)] = ""
    """Of the authenticator app, or a recovery code, where the account has a second factor."""


class AcceptedInvitation(msgspec.Struct, frozen=True):
    """The membership that an acceptance made, or had made before."""

    account_id: UUID
    tenant_id: UUID
    membership_id: UUID

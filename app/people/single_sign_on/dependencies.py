"""What single sign-on depends on besides the unit of work, made once for each process."""

from app.people.identity.web_interface import identity_dependencies
from app.people.single_sign_on.safe_http import SafeHttpClient
from app.people.single_sign_on.services.callback import Callbacks
from app.people.single_sign_on.services.login_attempts import LoginAttempts
from app.people.single_sign_on.services.providers import Providers
from app.platform.http.request_work import runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.encryption import SecretCipher
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWork

PURPOSE = "single sign-on"


class SignOnDependencies:
    """The HTTP client for providers, and the sealer of providers' secrets and browsers' login attempts."""

    def __init__(self, runtime: Runtime) -> None:
        self.safe_http = SafeHttpClient(runtime.settings.inside_networks)
        self.cipher = SecretCipher(runtime.settings.all_secrets, PURPOSE)


def login_attempts_of(request: WebRequest) -> LoginAttempts:
    dependencies: SignOnDependencies = request.app.state.sign_on
    return LoginAttempts(
        runtime_of(request).units_of_work, identity_dependencies(request), dependencies.safe_http, dependencies.cipher
    )


def callbacks_of(request: WebRequest) -> Callbacks:
    dependencies: SignOnDependencies = request.app.state.sign_on
    return Callbacks(runtime_of(request).units_of_work, identity_dependencies(request), dependencies.cipher)


def providers_of(request: WebRequest, work: UnitOfWork) -> Providers:
    dependencies: SignOnDependencies = request.app.state.sign_on
    identity = identity_dependencies(request)
    return Providers(work, dependencies.safe_http, dependencies.cipher, identity.store, identity.public_address)

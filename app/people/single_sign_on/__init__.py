"""Signing in with a company's own identity provider, by OpenID Connect (I6). What other areas may use."""

from app.people.single_sign_on.models import IdentityProvider, ReportersBy

__all__ = ["IdentityProvider", "ReportersBy"]

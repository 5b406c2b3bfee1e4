"""Who somebody is and what they did: accounts and sessions, single sign-on, the audit log."""

"""The client portal, for the client's IT contacts: open tickets, devices, people, figures."""

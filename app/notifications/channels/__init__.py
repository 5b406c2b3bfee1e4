"""The ways out of the house: e-mail, SMS, and the demo's mailbox."""

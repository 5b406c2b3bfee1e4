"""The employee portal: report, follow, confirm and rate a ticket, on a phone, without an account."""

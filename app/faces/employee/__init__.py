"""The employee's face: report, follow, confirm, rate; on a phone, without an account."""

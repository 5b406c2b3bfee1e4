"""The partner's desk: today, the ticket queue, one ticket, the hot-line, access grants, company profile."""

"""What the payment provider sends to the company's bank account."""

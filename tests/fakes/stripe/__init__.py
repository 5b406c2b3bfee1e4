"""A stand-in for Stripe: a process of its own that speaks HTTP and keeps Stripe's documented rules.

What may be asked and what an answer looks like come from Stripe's public API document, which a development dependency
carries; what happens in between is written here, an object's life in a file of its own. It accepts nothing that Stripe
refuses: what it does not know it answers with 501. Nothing of it is in the program.
"""

"""Lists of clients, departments and employees that come in (C2), and what lists of other records share with them."""

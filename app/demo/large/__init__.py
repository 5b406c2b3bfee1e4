"""The large network: forty partners, four hundred clients, twenty thousand devices, two years of tickets."""

"""What anybody sees: the network, its partners, and the way in for a new one."""

"""Personal data of clients' employees: export and erasure on request; the service history stays."""

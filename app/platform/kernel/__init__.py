"""The ground floor: imports no framework, knows no business area."""

"""HTTP by Litestar: the application, who calls, the transaction of a request, refusals, live changes, limits."""

"""Documents in, grounded answers out."""

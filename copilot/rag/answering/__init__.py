"""A question in, a grounded answer out: understood, covered, composed or written, verified."""

"""Durable work: a queue in the database of state, worked by any number of processes."""

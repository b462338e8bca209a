"""A conversation: which tool a message is for."""

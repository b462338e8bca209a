"""The checks every draft passes, whoever wrote it."""

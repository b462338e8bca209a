"""Rows and templates in the formats of the tools that send."""

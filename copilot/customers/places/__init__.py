"""Localities of any level: what they buy more of, who is like whom, what to stock and offer."""

"""A chat message read as a brief, in four languages."""

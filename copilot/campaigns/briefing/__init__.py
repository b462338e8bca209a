"""Briefs and brand kits: what people write, as validated records."""

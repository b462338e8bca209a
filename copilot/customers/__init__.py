"""Raw files in, computed facts out."""

"""A file in, its text by heading and page out, cut into passages."""

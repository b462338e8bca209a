"""Brief in, checked copy out."""

"""A file in, rows loaded, updated or rejected out: read as text, mapped, cleaned, merged."""

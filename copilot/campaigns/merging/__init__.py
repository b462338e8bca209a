"""Copy and customers put together inside the data engine."""

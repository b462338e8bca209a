"""What to offer a customer next, and why."""

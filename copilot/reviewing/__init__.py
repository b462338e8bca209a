"""What happens to a campaign once it is drafted. Wires drafting, campaigns and customers."""

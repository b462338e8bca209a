"""What customers will be worth: BG/NBD and Gamma-Gamma beside the naive rate."""

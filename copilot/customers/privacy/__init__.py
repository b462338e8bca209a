"""What may be done with each field, who must not be contacted, and forgetting a person."""

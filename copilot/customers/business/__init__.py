"""What is known of the business as short documents, which answers can cite."""

"""Named segments, each with its rule: RFM, life cycle, value, or the user's own."""

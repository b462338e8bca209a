"""Questions in plain words, parsed to a typed query, computed, and phrased."""

"""From a brief to checked, merged copy. Wires the customers and the campaigns columns."""

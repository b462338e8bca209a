"""How sure a share is: Wilson's score interval (Wilson 1927)."""

import math

Z90, Z95 = 1.6448536269514722, 1.959964


def wilson(share: float, size: float, z: float = Z90) -> tuple[float, float]:
    """The interval (90% unless `z` says otherwise) of a share among `size` independent ones."""
    if size <= 0:
        return 0.0, 1.0
    square = z * z
    middle = (share + square / (2 * size)) / (1 + square / size)
    spread = math.sqrt(share * (1 - share) / size + square / (4 * size * size))
    half = z / (1 + square / size) * spread
    return max(0.0, middle - half), min(1.0, middle + half)

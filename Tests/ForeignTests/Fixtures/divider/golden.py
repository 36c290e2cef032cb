"""Vectors of the divider, 16 bits."""
import sys

import numpy as np

rng = np.random.default_rng(2)
a = np.concatenate([[0, 65535, 1, 7, 100], rng.integers(0, 1 << 16, 60)]).astype(np.uint16)
b = np.concatenate([[1, 1, 65535, 0, 7], rng.integers(1, 1 << rng.integers(1, 17, 60))]).astype(np.uint16)
zero = b == 0
safe = np.where(zero, 1, b)
np.savez(sys.argv[1], dividend=a, divisor=b,
         quotient=np.where(zero, 65535, a // safe).astype(np.uint16),
         remainder=np.where(zero, a, a % safe).astype(np.uint16), by_zero=zero.astype(np.uint8))

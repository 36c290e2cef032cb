"""Vectors of the products: 8 of 8 bits a transaction."""
import sys

import numpy as np

rng = np.random.default_rng(3)
x = rng.integers(-128, 128, (200, 8))
w = rng.integers(-128, 128, (200, 8))
x[:2], w[:2] = -128, [[-128] * 8, [127] * 8]
y = (x * w).sum(axis=1)
np.savez(sys.argv[1], x=x.astype(np.int8), w=w.astype(np.int8), y=y.astype(np.int32),
         negative=(y < 0).astype(np.uint8))

"""Vectors of the gathered products."""
import sys

import numpy as np

rng = np.random.default_rng(5)
weights = np.array([0x03, 0x05, 0xFF, 0x01])
count = rng.integers(1, 13, 30)
stride = rng.integers(0, 4, 30)
size = count + 3 * stride
tables = [rng.integers(0, 65536, n) for n in size]
answers = [[sum(int(t[i + k * s]) * int(weights[k]) for k in range(4)) for i in range(c)]
           for t, c, s in zip(tables, count, stride)]
np.savez(sys.argv[1], **{
    "count": count.astype(np.uint8), "stride": stride.astype(np.uint8),
    "table": np.concatenate(tables).astype(np.uint16), "table.lengths": size,
    "y": np.concatenate(answers).astype(np.uint32), "y.lengths": count})

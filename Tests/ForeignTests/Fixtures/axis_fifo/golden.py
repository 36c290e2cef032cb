"""Vectors of the FIFO: packets of any length come out as they went in."""
import sys

import numpy as np

rng = np.random.default_rng(1)
lengths = np.concatenate([[1, 4, 5, 64], rng.integers(1, 40, 60)])
x = rng.integers(0, 256, int(lengths.sum())).astype(np.uint8)
ids = rng.integers(0, 16, len(lengths)).astype(np.uint8)
np.savez(sys.argv[1], **{
    "x": x, "x.lengths": lengths, "id": ids, "y": x, "y.lengths": lengths, "id_out": ids})

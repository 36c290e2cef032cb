"""Vectors of the link: rows of any length, a tag for each beat of three."""
import sys

import numpy as np

rng = np.random.default_rng(7)
lengths = rng.integers(1, 20, 50)
beats = (lengths + 2) // 3
x = rng.integers(0, 65536, int(lengths.sum())).astype(np.uint16)
tag = rng.integers(0, 16, int(beats.sum())).astype(np.uint8)
np.savez(sys.argv[1], **{
    "x": x, "x.lengths": lengths, "tag": tag, "tag.lengths": beats,
    "y": x + np.uint16(1), "y.lengths": lengths, "tag_out": tag, "tag_out.lengths": beats})

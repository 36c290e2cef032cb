"""Vectors of the bridge: what goes in comes out."""
import sys

import numpy as np

x = np.random.default_rng(4).integers(0, 4096, (40, 16)).astype(np.uint16)
np.savez(sys.argv[1], x=x, y=x)

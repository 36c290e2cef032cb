"""Vectors of the scaling: settings change from transaction to transaction."""
import sys

import numpy as np

rng = np.random.default_rng(6)
scale = np.repeat(rng.integers(-3000, 3000, 8), 5).astype(np.int16)
shift = np.repeat(rng.integers(4, 16, 8), 5).astype(np.uint8)
x = rng.integers(-32768, 32768, (40, 6)).astype(np.int16)
wide = (x.astype(np.int64) * scale[:, None]) >> shift[:, None]
np.savez(sys.argv[1], scale=scale, shift=shift, x=x, low_byte=(x & 255).astype(np.uint8),
         y=np.clip(wide, -128, 127).astype(np.int8),
         saturated=((wide > 127) | (wide < -128)).astype(np.uint8))

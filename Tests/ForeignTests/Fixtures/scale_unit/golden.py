"""Values are scaled, shifted with the sign and saturated to 8 bits."""
import cosim_golden
import numpy as np


def golden(x, scale, shift):
    wide = (x.astype(np.int64) * int(scale)) >> int(shift)
    y = np.clip(wide, -128, 127)
    return {"low_byte": x.astype(np.int64) & 255, "y": y, "saturated": (wide != y).astype(np.uint8)}


if __name__ == "__main__":
    cosim_golden.serve(golden)

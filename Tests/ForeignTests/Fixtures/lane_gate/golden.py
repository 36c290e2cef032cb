"""Every value plus the bias."""
import cosim_golden
import numpy as np


def golden(x, bias):
    return {"y": (x.astype(np.int64) + int(bias)) & 255}


if __name__ == "__main__":
    cosim_golden.serve(golden)

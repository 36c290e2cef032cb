"""The product of two vectors, and its sign."""
import cosim_golden
import numpy as np


def golden(x, w):
    y = int(x.astype(np.int64) @ w.astype(np.int64))
    return {"y": [y], "negative": [int(y < 0)]}


if __name__ == "__main__":
    cosim_golden.serve(golden)

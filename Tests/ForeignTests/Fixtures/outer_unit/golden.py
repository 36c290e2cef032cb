"""The sum of the outer products of rows, shifted."""
import cosim_golden
import numpy as np


def golden(a, b, shift):
    return {"y": ((a.astype(np.int64).T @ b.astype(np.int64)) >> int(shift)).ravel()}


if __name__ == "__main__":
    cosim_golden.serve(golden)

"""Quotient and remainder; all ones and the dividend where the divisor is 0."""
import cosim_golden


def golden(dividend, divisor, parameters):
    a, b = int(dividend[0]), int(divisor[0])
    quotient, remainder = divmod(a, b) if b else ((1 << parameters["WIDTH"]) - 1, a)
    return {"quotient": [quotient], "remainder": [remainder], "by_zero": [int(b == 0)]}


if __name__ == "__main__":
    cosim_golden.serve(golden)

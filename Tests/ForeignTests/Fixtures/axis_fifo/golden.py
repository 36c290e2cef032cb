"""Packets of any length come out as they went in."""
import cosim_golden


def golden(x, id):
    return {"y": x, "id_out": id}


if __name__ == "__main__":
    cosim_golden.serve(golden)

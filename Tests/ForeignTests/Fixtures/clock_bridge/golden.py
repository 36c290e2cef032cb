"""What goes in comes out."""
import cosim_golden


def golden(x):
    return {"y": x}


if __name__ == "__main__":
    cosim_golden.serve(golden)

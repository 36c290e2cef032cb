public import Signals

/// Any function of an int8 code, as a table of 256 codes.
public struct LUTActivation {
  public let name = "lut_activation"
  public let summary = "Any function of int8 codes, from a table of 256 entries"
  public let formula = "y = table[x mod 256]: the index is the code read as an unsigned byte"
  public let source =
    "tensorflow/tflite-micro, kernels/internal/common.h: LUTPopulate, LUTLookup (int8)"
  public let parameters = [Parameter.lanes]

  /// Entries of the table.
  static let tableLength = 256

  public init() {}

  /// `x` and `y` carry data; the table is loaded.
  public func interface(in configuration: Configuration) -> Interface {
    let lanes = configuration["Lanes"]
    let x = ArraySpecification("x", .input, axes: ["N"], .signed(8), "Codes")
    let y = ArraySpecification("y", .output, axes: ["N"], .signed(8), "Codes of the function")
    let table = ArraySpecification(
      "table", .input, axes: ["T"], .signed(8), "256 entries, code 0 first, code -1 last")
    return Interface(
      arrays: [x, table, y], batching: .chunks("N", size: 256),
      streams: [
        .table("table", table.format),
        .elements("x", .input, x.format, lanes: lanes),
        .elements("y", .output, y.format, lanes: lanes),
      ])
  }
}

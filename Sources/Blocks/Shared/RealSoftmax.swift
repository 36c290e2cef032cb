import Foundation
import Signals

/// Softmax in double precision.
enum RealSoftmax {
  /// exp(scale * (x - max)) over its sum, for every element of every row, in storage order.
  static func probabilities(of scores: RaggedTensor, scale: Double) -> [Double] {
    var result: [Double] = []
    result.reserveCapacity(scores.values.count)
    for row in 0..<scores.count {
      let range = scores.range(of: row)
      guard let maximum = scores.values[range].max() else { continue }
      var sum = 0.0
      for value in scores.values[range] {
        let exponential = exp(scale * Double(value - maximum))
        result.append(exponential)
        sum += exponential
      }
      for index in range { result[index] /= sum }
    }
    return result
  }
}

import Foundation
import Testing

/// A mistake in the RTL that shows at one place only: an edge, a tie, a limit, one octave, one length, one stall.
struct PlantedBug: Sendable, CustomTestStringConvertible {
  struct Edit: Sendable {
    let right: String
    let wrong: String
  }

  let name: String
  let block: String
  let configuration: String
  /// Below `rtl/`.
  let file: String
  let edits: [Edit]
  /// Tried in every run of the tests.
  var isQuick = false

  var testDescription: String { name }

  init(
    _ name: String, _ block: String, _ configuration: String, file: String, _ edits: [Edit],
    isQuick: Bool = false
  ) {
    self.name = name
    self.block = block
    self.configuration = configuration
    self.file = file
    self.edits = edits
    self.isQuick = isQuick
  }
}

extension PlantedBug {
  static let all = requantisers + softmaxes + products + activations
}

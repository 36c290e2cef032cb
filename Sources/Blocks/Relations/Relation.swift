public import Signals

/// Something that must hold between answers to related inputs, whatever the right answers are: it finds
/// mistakes that golden model and RTL share.
public struct Relation: Sendable {
  /// In a few words: `shift by a constant`.
  public var name: String
  /// What holds, as a sentence.
  public var statement: String
  /// Brings a stimulus into the domain of the relation.
  var prepare: @Sendable (Batch, Configuration) -> Batch = { batch, _ in batch }
  let follow: @Sendable (Batch, Configuration, inout CounterGenerator) -> Batch?
  let violation: @Sendable (RelationCase) -> RelationViolation?

  /// Between a batch and another one that is made of it.
  ///
  /// - Parameters:
  ///   - follow: makes the other one; nil where it cannot be made.
  ///   - violation: the first place where the relation does not hold; nil where it holds.
  public init(
    _ name: String, _ statement: String,
    follow: @escaping @Sendable (Batch, Configuration, inout CounterGenerator) -> Batch?,
    violation: @escaping @Sendable (RelationCase) -> RelationViolation?
  ) {
    self.name = name
    self.statement = statement
    self.follow = follow
    self.violation = violation
  }

  /// Of every single answer.
  public init(
    _ name: String, _ statement: String,
    violation: @escaping @Sendable (RelationCase) -> RelationViolation?
  ) {
    self.init(name, statement, follow: { batch, _, _ in batch }, violation: violation)
  }

  /// The same, of batches that are first brought into its domain.
  public func preparing(
    _ prepare: @escaping @Sendable (Batch, Configuration) -> Batch
  ) -> Relation {
    var result = self
    result.prepare = prepare
    return result
  }

  /// A batch in the domain of the relation, made of any.
  public func base(of batch: Batch, in configuration: Configuration) -> Batch {
    prepare(batch, configuration)
  }

  /// The batch that `batch` is related to; nil where there is none.
  public func related(
    to batch: Batch, in configuration: Configuration, seed: UInt64, index: Int
  ) -> Batch? {
    var generator = CounterGenerator(seed: seed, stream: 15, index: UInt64(index))
    return follow(batch, configuration, &generator)
  }

  /// The first place where it does not hold; nil where it holds.
  public func violation(in found: RelationCase) -> RelationViolation? { violation(found) }
}

/// A batch, the one that is made of it, and what both were answered with.
public struct RelationCase: Sendable {
  public var configuration: Configuration
  public var batch: Batch
  public var related: Batch
  public var answer: Batch
  public var relatedAnswer: Batch

  public init(
    _ configuration: Configuration, batch: Batch, related: Batch, answer: Batch,
    relatedAnswer: Batch
  ) {
    self.configuration = configuration
    self.batch = batch
    self.related = related
    self.answer = answer
    self.relatedAnswer = relatedAnswer
  }
}

/// Where a relation does not hold.
public struct RelationViolation: Sendable, Hashable, Codable {
  public var transaction: Int
  /// Place in the transaction; nil where all of it is meant.
  public var element: Int?
  /// What was found, with values.
  public var text: String

  public init(transaction: Int, element: Int? = nil, _ text: String) {
    self.transaction = transaction
    self.element = element
    self.text = text
  }
}

extension Block {
  /// None, unless the block says otherwise, besides that transactions do not depend on each other.
  public func relations(in configuration: Configuration) -> [Relation] { [] }

  /// Everything that is known to hold of this block.
  public func allRelations(in configuration: Configuration) -> [Relation] {
    let outputs =
      (try? interface(in: configuration))?.arrays.filter { $0.role == .output }.map(\.name) ?? []
    return [.independence(of: outputs)] + relations(in: configuration)
  }
}

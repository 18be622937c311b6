internal import SQLite

/// What applying a governance document would change, worked out against one state of the ledger.
struct GovernancePlan {
    /// What becomes of an object.
    enum Action: String {
        case create, update, close
    }

    /// One object's change.
    struct Change {
        let action: Action
        let kind: GovernedKind
        /// As the change leaves it.
        let object: GovernedObject
        /// As the ledger has it; nil for one that is made.
        let before: GovernedObject?
    }

    /// A new row of the price book; everything but log index, actor and change reference.
    struct Price: Equatable {
        let providerID: Int64
        let model: String
        let meter: Int64
        let picoPerUnit: Int64
        let currency: String
        let fromMicros: Int64
        let toMicros: Int64?
        let source: String?
    }

    let manager: String
    /// In the order in which they are told: closings last.
    var changes: [Change] = []
    var prices: [Price] = []
    var unchanged = 0
    /// Objects of this manager that the document does not name; only `--prune` closes them.
    var unlisted: [(kind: GovernedKind, id: Int64)] = []
    /// As the changes leave them; names are told from here.
    var tables: GovernedTables

    var isEmpty: Bool { changes.isEmpty && prices.isEmpty }
}

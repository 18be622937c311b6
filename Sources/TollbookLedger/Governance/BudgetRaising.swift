internal import SQLite
internal import TollbookCore
internal import TollbookPolicy

/// A budget's limit to be raised for a while.
package struct NewRaise: Sendable, Equatable {
    /// The budget's id, or its name.
    package let budget: String
    /// In the budget's unit, as `LimitText` reads it.
    package let amount: String
    /// Microseconds since 1970 UTC; nil: now.
    package let fromMicros: Int64?
    /// Exclusive.
    package let toMicros: Int64

    package init(budget: String, amount: String, fromMicros: Int64? = nil, toMicros: Int64) {
        self.budget = budget
        self.amount = amount
        self.fromMicros = fromMicros
        self.toMicros = toMicros
    }
}

/// A raise that was made.
package struct RaisedBudget: Codable, Sendable, Equatable {
    package let id: Int64
    package let budget: String
    /// As governance files write limits.
    package let amount: String
    /// RFC 3339, inclusive.
    package let from: String
    /// RFC 3339, exclusive.
    package let to: String
    /// The revision from which on it is in force.
    package let revision: Int64
}

extension Ledger {
    /// Raises a budget's limit for a while. In force when this returns, if its time has come.
    ///
    /// - Throws: `no_such_object`, `invalid_change`; what `administer` throws.
    package func raiseBudget(_ raise: NewRaise, by author: ChangeAuthor) async throws -> RaisedBudget {
        try author.validate()
        guard let reason = author.reason else {
            throw TollbookError(.invalidChange, "a raise has no reason", hint: "Say why, in one line.")
        }
        return try await administer(.governance, organizationID: nil) { transaction in
            try raise.apply(transaction, by: author, reason: reason)
        }
    }
}

extension NewRaise {
    fileprivate func apply(
        _ transaction: LedgerTransaction, by author: ChangeAuthor, reason: String
    ) throws -> RaisedBudget {
        let budget = try found(transaction)
        let added = try checkedAmount(budget.unit)
        let from = fromMicros ?? transaction.nowMicros
        guard toMicros > from, toMicros > transaction.nowMicros else {
            throw TollbookError(.invalidChange, "the raise would be over before it begins", hint: "Write a later end.")
        }
        let id = try transaction.nextID(.budgetRaise)
        try transaction.insert(
            .budgetRaise,
            [
                .integer(id), .integer(transaction.logIndex), .integer(budget.id), .integer(added), .integer(from),
                .integer(toMicros), .integer(author.actorID), Value(author.changeReference), .text(reason),
            ])
        let text = LimitText.text(added, unit: budget.unit, currency: budget.currency)
        let raised = RaisedBudget(
            id: id, budget: budget.name, amount: text, from: UTCTime.timeText(micros: from),
            to: UTCTime.timeText(micros: toMicros), revision: transaction.logIndex)
        var writer = try GovernanceWriter(transaction, author: author)
        try writer.event(
            "budget", "raised", id: budget.id, name: budget.name,
            [
                .init(field: "amount", from: nil, to: raised.amount), .init(field: "from", from: nil, to: raised.from),
                .init(field: "to", from: nil, to: raised.to), .init(field: "reason", from: nil, to: reason),
            ])
        return raised
    }

    private typealias Found = (id: Int64, name: String, unit: BudgetUnit, currency: String)

    private func found(_ transaction: LedgerTransaction) throws -> Found {
        let rows = try transaction.rows(
            "SELECT id, name, unit, currency FROM budget WHERE closed = 0 AND (name = ?1 OR id = ?2)",
            [.text(budget), Value(Int64(budget))])
        let named = rows.first { $0[1].text == budget } ?? rows.first
        guard let row = named, let id = row[0].integer, let name = row[1].text,
            let unit = row[2].integer.flatMap({ BudgetUnit(rawValue: Int($0)) })
        else {
            throw TollbookError(
                .noSuchObject, "there is no open budget \(Quoted.text(budget))",
                hint: "Write its name or id; tollbook budget list shows them.")
        }
        return (id, name, unit, row[3].text ?? "")
    }

    private func checkedAmount(_ unit: BudgetUnit) throws -> Int64 {
        let parsed: (unit: BudgetUnit, amount: Int64)
        do {
            parsed = try LimitText.parse(amount)
        } catch {
            throw TollbookError(.invalidChange, error.problem, hint: error.advice)
        }
        guard parsed.unit == unit, parsed.amount > 0 else {
            throw TollbookError(
                .invalidChange,
                "the budget counts \(unit.name), and \(Quoted.text(amount)) is no amount of it above zero",
                hint: unit == .money ? "Write for example \"10.00 USD\"." : "Write for example \"1000 \(unit.name)\".")
        }
        return parsed.amount
    }
}

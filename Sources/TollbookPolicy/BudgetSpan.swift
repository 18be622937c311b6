package import TollbookCore

/// The time over which a budget adds up: a calendar period, all time, or the time just passed.
package struct BudgetSpan: Sendable, Hashable {
    package let period: BudgetPeriod
    /// Seconds that a rolling period looks back; nil for others.
    package let rollingSeconds: Int64?

    package init(_ period: BudgetPeriod, rollingSeconds: Int64? = nil) {
        self.period = period
        self.rollingSeconds = rollingSeconds
    }

    /// What a rolling period adds up, and drops, at a time. Quarter hours, so that its sums can be built from those
    /// that reports use.
    package static let rollingStepSeconds: Int64 = 15 * 60

    /// From an hour to ten years.
    private static let rollingRange: ClosedRange<Int64> = 3_600...(3_653 * 86_400)

    /// As governance files write it: `month`, `rolling 30d`.
    ///
    /// - Throws: a `RuleViolation` that says what to write.
    package static func parse(_ text: String) throws(RuleViolation) -> BudgetSpan {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        if parts.count == 2, parts[0] == "rolling" { return try rolling(parts[1], of: text) }
        guard let period = BudgetPeriod(name: text), period != .rolling else {
            let words = BudgetPeriod.allCases.filter { $0 != .rolling }.map(\.name)
            let advice = Suggestion.nearest(to: text, in: words) ?? Quoted.alternatives(words + ["rolling 30d"])
            throw RuleViolation("\(Quoted.text(text)) is no period", "Write \(advice).")
        }
        return BudgetSpan(period)
    }

    private static func rolling(_ length: Substring, of text: String) throws(RuleViolation) -> BudgetSpan {
        let units: [Character: Int64] = ["h": 3_600, "d": 86_400]
        guard let unit = length.last.flatMap({ units[$0] }), let count = Int64(length.dropLast()), count > 0 else {
            throw RuleViolation(
                "\(Quoted.text(text)) is no period", "Write the length in hours or days: rolling 24h, rolling 30d.")
        }
        let (seconds, overflow) = count.multipliedReportingOverflow(by: unit)
        guard !overflow, rollingRange.contains(seconds) else {
            throw RuleViolation("\(Quoted.text(text)) is over ten years", "Write at most rolling 3653d, or total.")
        }
        return BudgetSpan(.rolling, rollingSeconds: seconds)
    }

    /// As a governance file writes it.
    package var text: String {
        guard let rollingSeconds else { return period.name }
        return rollingSeconds % 86_400 == 0
            ? "rolling \(rollingSeconds / 86_400)d" : "rolling \(rollingSeconds / 3_600)h"
    }
}

internal import TollbookControl

/// Budgets as tables.
enum BudgetText {
    static func table(_ list: BudgetList, _ format: OutputFormat) -> String {
        let titles = [
            "scope", "name", "period", "ends", "enforcement", "limit", "spent", "held", "left", "forecast", "unit",
            "currency",
        ]
        return RowText.text(
            titles, list.budgets.map(cells), format, numbers: ["limit", "spent", "held", "left", "forecast"])
    }

    private static func cells(_ budget: BudgetStanding) -> [String] {
        [
            budget.scope, budget.name, budget.period, budget.periodEnd ?? (budget.periodStart == nil ? "never" : "now"),
            budget.enforcement, budget.limit, budget.spent, budget.held, budget.left, budget.forecast ?? "",
            budget.unit, budget.currency ?? "",
        ]
    }

    /// One budget's standing, raises, spenders and periods, a table each; what is empty is left out.
    static func page(_ detail: BudgetDetail, _ format: OutputFormat) -> String {
        var tables = [table(BudgetList(budgets: [detail.budget]), format)]
        if !detail.raises.isEmpty {
            tables.append(
                RowText.text(
                    ["raised by", "from", "until"], detail.raises.map { [$0.amount, $0.from, $0.to] }, format,
                    numbers: ["raised by"]))
        }
        if let spenders = detail.spenders, !spenders.isEmpty {
            tables.append(
                RowText.text(
                    ["project", "key", "spent"], spenders.map { [$0.project, $0.key, $0.spent] }, format,
                    numbers: ["spent"]))
        }
        if !detail.periods.isEmpty {
            tables.append(
                RowText.text(
                    ["period from", "spent", "held"],
                    detail.periods.map { [$0.start ?? "the beginning", $0.spent, $0.held] }, format,
                    numbers: ["spent", "held"]))
        }
        return tables.joined(separator: "\n")
    }
}

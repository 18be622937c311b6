internal import TollbookCore

/// The words of a vocabulary by code, made once: a case's name is derived by reflection, which is too slow for rows.
struct CodeNames: Sendable {
    private let names: [String?]

    init<Code: VocabularyCode>(_ type: Code.Type) {
        var names = [String?](repeating: nil, count: (Code.allCases.map(\.rawValue).max() ?? 0) + 1)
        for code in Code.allCases { names[code.rawValue] = code.name }
        self.names = names
    }

    /// The word; nil for NULL and for a code that this binary does not know.
    subscript(code: Int64?) -> String? {
        guard let code, code >= 0, code < names.count else { return nil }
        return names[Int(code)]
    }

    static let stage = CodeNames(DecisionStage.self)
    static let verdict = CodeNames(Verdict.self)
    static let reason = CodeNames(DecisionReason.self)
    static let mode = CodeNames(PolicyMode.self)
    static let policyKind = CodeNames(PolicyKind.self)
    static let origin = CodeNames(RequestOrigin.self)
    static let endpoint = CodeNames(Endpoint.self)
    static let dialect = CodeNames(Dialect.self)
    static let endReason = CodeNames(EndReason.self)
    static let caveat = CodeNames(Caveat.self)
    static let errorClass = CodeNames(ErrorClass.self)
    static let regionBasis = CodeNames(RegionBasis.self)
    static let usageSource = CodeNames(UsageSource.self)
    static let meter = CodeNames(Meter.self)
    static let chargeOrigin = CodeNames(ChargeOrigin.self)
    static let chargeKind = CodeNames(ChargeKind.self)
    static let transferKind = CodeNames(TransferKind.self)
    static let transferCode = CodeNames(TransferCode.self)
    static let accountKind = CodeNames(AccountKind.self)
    static let journalKind = CodeNames(JournalKind.self)
}

/// Collects findings up to the limit. Used by one thread.
final class FindingLog {
    private(set) var findings: [Finding] = []
    private let limit: Int

    init(limit: Int = ReportLimits.findings) {
        self.limit = limit
    }

    /// Whether nothing more is taken: what is under way should end.
    var isFull: Bool { findings.count >= limit }

    func add(_ check: VerifyCheck, _ table: String, _ key: String, at logIndex: Int64? = nil, _ message: String) {
        guard !isFull else { return }
        findings.append(Finding(check: check, table: table, key: key, logIndex: logIndex, message: message))
    }
}

/// The bytes, sums and digest of an export under way.
struct ExportOutput {
    private let rows: any ExportRows
    private var buffer = CSVBuffer()
    private var hash = RunningHash()
    private(set) var byteCount: Int64 = 0
    private(set) var rowCount: Int64 = 0
    private(set) var openCount: Int64 = 0
    private(set) var amounts = AmountSums()
    private var totals: [Int64]

    init(_ name: ExportQuery.Name) {
        rows =
            switch name {
            case .requestTrail: TrailRows()
            case .charges: ChargeRows()
            case .decisions: DecisionRows()
            }
        totals = rows.summedColumns.map { _ in 0 }
    }

    var columns: [String] { rows.columns }
    /// The sums of the columns that can be added.
    var sums: [(column: String, sum: Int64)] { Array(zip(rows.summedColumns, totals)).map { ($0.0, $0.1) } }
    var digest: [UInt8] { hash.digest }
    /// Whether it is time to write.
    var isFull: Bool { buffer.bytes.count >= ReportLimits.exportBufferBytes }

    mutating func appendHeader() {
        buffer.appendLine(rows.columns)
    }

    /// - Throws: `amount_overflow`.
    mutating func append(_ call: CallRecord, _ names: inout CallNames) throws {
        let added = try rows.append(call, &names, to: &buffer)
        rowCount += added.count
        if call.outcome == nil { openCount += 1 }
        for (position, value) in added.sums.enumerated() {
            totals[position] = try CheckedSum.exact(totals[position], value)
        }
        for (currency, amount) in added.amounts { try amounts.add(amount, currency) }
    }

    mutating func drain(into sink: inout some ExportSink) throws {
        hash.update(buffer.bytes)
        byteCount += Int64(buffer.bytes.count)
        try sink.write(buffer.bytes)
        buffer.removeAll()
    }
}

/// Exact sums by currency.
struct AmountSums {
    private(set) var byCurrency: [String: Int64] = [:]

    mutating func add(_ amount: Int64, _ currency: String) throws {
        byCurrency[currency] = try CheckedSum.exact(byCurrency[currency] ?? 0, amount)
    }
}

/// What one request adds to an export.
struct ExportedRows {
    var count: Int64 = 1
    /// In the order of the summed columns.
    var sums: [Int64] = []
    var amounts: [(currency: String, amountNano: Int64)] = []
}

/// Turns requests into the rows of one export.
protocol ExportRows {
    /// In order.
    var columns: [String] { get }
    /// Columns that can be added, besides the amount.
    var summedColumns: [String] { get }

    func append(_ call: CallRecord, _ names: inout CallNames, to buffer: inout CSVBuffer) throws -> ExportedRows
}

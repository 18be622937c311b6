import SQLite
import TollbookCore
import TollbookLedger

/// The governed rows that `BooksFixture` adds to the base fixture's.
enum GovernedRows {
    static func install(_ transaction: LedgerTransaction) throws {
        try insert(transaction, .organizationVersion, "organization", 2, ["globex", "Europe/Berlin"])
        try insert(transaction, .teamVersion, "team", 2, [1, "ads"])
        try insert(transaction, .teamVersion, "team", 3, [2, "search"])
        try insert(transaction, .projectVersion, "project", 2, [1, 2, "banners", #"["eu"]"#, "[1,2,3]"])
        try insert(transaction, .projectVersion, "project", 3, [2, 3, "ranking", nil, nil])
        let user = try transaction.subjectID(kind: .user, value: "Ada")
        try insertKey(transaction, 2, project: 1, application: 1, user: .integer(user))
        try insertKey(transaction, 3, project: 2, application: nil, user: nil)
        try insertKey(transaction, 4, project: 3, application: nil, user: nil)
        try insert(transaction, .providerVersion, "provider", 2, ["openai-us", "openai", "http://127.0.0.1:8/v1"])
        try insert(transaction, .projectSettingVersion, "project_setting", 1, [1, "weight", "4"])
        try insert(transaction, .providerSettingVersion, "provider_setting", 1, [2, "preset", "openai"])
        try insert(transaction, .deploymentVersion, "deployment", 2, ["small-us", 2, "small-1", "us", nil, nil])
        try insert(transaction, .deploymentVersion, "deployment", 3, ["new-us", 2, "new-1", nil, nil, nil])
        try insert(transaction, .routeVersion, "route", 2, ["pair", "priority", "[1,2]"])
        try insert(transaction, .routeVersion, "route", 3, ["unpriced", "priority", "[3]"])
        let noQuotas = [Value](repeating: .null, count: 14)
        try insert(
            transaction, .rateLimitVersion, "rate_limit", 1,
            ["limit-1", 3, 1, nil, nil, nil, 600] + noQuotas + [50])
        try transaction.insert(
            .budgetRaise, [1, .integer(transaction.logIndex), 1, 1_000, 0, 1_000_000, 1, "change-7", "launch"])
        try insert(
            transaction, .webhookVersion, "webhook", 1,
            ["hook-1", "https://hooks.acme.example/t", "env:HOOK", nil, #"["budget.*"]"#, 1, nil])
        try insertPrice(transaction, 3, meter: .input, pico: 200_001)
        try insertPrice(transaction, 4, meter: .output, pico: 700_003)
    }

    static func installEvent(_ transaction: LedgerTransaction) throws {
        let address = try transaction.subjectID(kind: .address, value: "192.0.2.9")
        try transaction.insert(
            .event,
            [
                .integer(transaction.logIndex), 0, .integer(transaction.nowMicros), 1, "report.read", "project", 1,
                "success", "{}", .integer(address),
            ])
    }

    static func installExport(_ transaction: LedgerTransaction) throws {
        try transaction.insert(
            .export,
            [
                1, .integer(transaction.logIndex), "request_trail", 0, 1, 0, 0,
                .text(String(repeating: "0", count: 64)), 1,
            ])
    }

    /// A batch that has ended, its input, which was deleted, and what it wrote.
    static func installStored(_ transaction: LedgerTransaction, requestID: RequestID) throws {
        let index = Value.integer(transaction.logIndex)
        let request = Value.integer(requestID.rawValue)
        try transaction.insert(
            .storedFile, [1, index, request, 1, 1, nil, 1, "file-1", "batch", 90, 1, 1, 3, 60, 3_000])
        try transaction.insert(.storedFile, [2, index, request, 1, 1, nil, 1, "file-2", "batch_output"] + nulls)
        try transaction.insert(.storedFileDeletion, [1, index, request])
        try transaction.insert(.storedBatch, [request, index, 1, "batch_1", .integer(transaction.nowMicros)])
        try transaction.insert(.storedBatchResult, [request, index, "completed", 2, 1, 0])
    }

    private static let nulls = [Value](repeating: .null, count: 6)

    /// Adds a version: a truth row and the current row.
    static func insert(
        _ transaction: LedgerTransaction, _ table: TruthTable, _ current: String, _ id: Int64, _ columns: [Value],
        closed: Int64 = 0
    ) throws {
        let index = Value.integer(transaction.logIndex)
        let isClosed = Value.integer(closed)
        try transaction.insert(table, [.integer(id), index] + columns + [nil, isClosed, 1, "change-7", nil])
        let values: [Value] = [.integer(id), index] + columns + [nil, isClosed]
        let names = table.columns.dropLast(3)
        let marks = names.map { _ in "?" }.joined(separator: ", ")
        let changes = names.map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
        try transaction.execute(
            "INSERT INTO \(current) VALUES (\(marks)) ON CONFLICT (id) DO UPDATE SET \(changes)", values)
    }

    private static func insertKey(
        _ transaction: LedgerTransaction, _ id: Int64, project: Int64, application: Value?, user: Value?
    ) throws {
        let hash = [UInt8](repeating: UInt8(id), count: 32)
        try insert(
            transaction, .apiKeyVersion, "api_key", id,
            [
                .integer(project), application ?? nil, user ?? nil, .text("key-\(id)"), "hmac", .blob(hash), "abcd",
                nil,
            ])
    }

    private static func insertPrice(
        _ transaction: LedgerTransaction, _ id: Int64, meter: Meter, pico: Int64
    ) throws {
        try transaction.insert(
            .price,
            [
                .integer(id), .integer(transaction.logIndex), 2, "small-1", .integer(Int64(meter.rawValue)),
                .integer(pico), "USD", 0, nil, "list", nil, 1, nil,
            ])
    }
}

import SQLite
import Testing
import TollbookCore
import TollbookLedger
import TollbookPolicy
import TollbookTesting

/// Batches: their requests stay open across restarts, and are settled once.
@Suite struct StoredBatchTests {
    private static let file = StoredFile(
        requestID: RequestID(rawValue: 10), projectID: 1, providerID: 1, credentialID: nil, routeID: 1,
        upstreamID: "file-1", purpose: "batch", bytes: 90,
        lines: BatchLines(
            deploymentID: 1, endpoint: .chatCompletions, count: 3, estimatedInputTokens: 100,
            heldOutputTokens: 1_000))

    /// A batch that a provider runs; its request holds 100 and 1,000 tokens.
    private func makeBatch(_ fixture: LedgerFixture) async throws -> StoredBatch {
        let client = CollectingClient()
        let request = try fixture.makeRequest(id: 10)
        guard case .opened = await client.open(request, in: fixture.ledger) else { throw Unexpected() }
        try await fixture.ledger.record(Self.file, object: #"{"id":"file-1"}"#, organizationID: 1)
        try await fixture.ledger.record(
            batch: "batch_1", of: request.id, fileID: 1, startedMicros: request.acceptedMicros,
            object: #"{"id":"batch_1"}"#, organizationID: 1)
        return try #require(try fixture.ledger.readStored { try $0.batch("batch_1", projectID: 1) })
    }

    private struct Unexpected: Error {}

    private static func end(answered: Int64 = 2, unread: Int64 = 0, status: String = "completed") -> BatchEnd {
        var end = BatchEnd(status: status)
        end.answered = answered
        end.unread = unread
        if answered > 0 { end.usage = Usage([.input: 80, .output: 20]) }
        return end
    }

    private func charges(_ ledger: Ledger) throws -> [[Value]] {
        try ledger.makeReader().query(
            "SELECT meter, quantity, usage_source, origin FROM charge ORDER BY ordinal")
    }

    @Test func staysOpenAcrossARestart() async throws {
        let clock = ManualClock()
        let fixture = try await LedgerFixture(clock: clock)
        _ = try await makeBatch(fixture)
        let other = try fixture.makeRequest(id: 11)
        guard case .opened = await CollectingClient().open(other, in: fixture.ledger) else { throw Unexpected() }
        fixture.ledger.shutdown()
        let reopened = try LedgerFixture.reopen(fixture.directory, clock: clock)
        defer { reopened.shutdown() }
        // A call that was open is closed; the batch's is not.
        let open = try reopened.makeReader().query("SELECT request_id FROM open_hold")
        #expect(open == [[.integer(10)]])
        let batch = try #require(try reopened.readStored { try $0.openBatches(limit: 9) }.first)
        #expect(try await reopened.settle(batch, Self.end()))
        #expect(try reopened.makeReader().query("SELECT count(*) FROM open_hold") == [[.integer(0)]])
    }

    @Test func isSettledOnce() async throws {
        let fixture = try await LedgerFixture()
        let batch = try await makeBatch(fixture)
        async let first = fixture.ledger.settle(batch, Self.end())
        async let second = fixture.ledger.settle(batch, Self.end())
        let settled = try await [first, second]
        #expect(settled.count { $0 } == 1)
        #expect(try await fixture.ledger.settle(batch, Self.end()) == false)
        let wanted: [[Value]] = [[1, 80, 1, 2], [8, 20, 1, 2]]
        #expect(try charges(fixture.ledger) == wanted)
        #expect(try fixture.ledger.readStored { try $0.batch("batch_1", projectID: 1) }?.isEnded == true)
        fixture.ledger.shutdown()
    }

    @Test(
        arguments: [
            // A third of the hold, rounded up.
            (
                BatchCase(answered: 2, unread: 1, status: "completed"),
                [[1, 80, 1], [8, 20, 1], [1, 34, 3], [8, 334, 3]], 1
            ),
            (BatchCase(answered: 0, unread: 3, status: "unknown"), [[1, 100, 3], [8, 1_000, 3]], 2),
            // More than there are lines is all of them.
            (BatchCase(answered: 0, unread: 9, status: "completed"), [[1, 100, 3], [8, 1_000, 3]], 2),
            (BatchCase(answered: 0, unread: 0, status: "failed"), [], nil),
        ] as [(BatchCase, [[Int64]], Int64?)])
    func estimatesWhatCannotBeRead(batch wanted: BatchCase, lines: [[Int64]], caveat: Int64?) async throws {
        let fixture = try await LedgerFixture()
        let batch = try await makeBatch(fixture)
        let end = Self.end(answered: wanted.answered, unread: wanted.unread, status: wanted.status)
        #expect(try await fixture.ledger.settle(batch, end))
        #expect(try charges(fixture.ledger).map { $0.prefix(3).compactMap(\.integer) } == lines)
        let outcome = try fixture.ledger.makeReader().query("SELECT caveat FROM outcome")
        #expect(outcome == [[caveat.map { .integer($0) } ?? .null]])
        fixture.ledger.shutdown()
    }

    struct BatchCase: Sendable {
        let answered: Int64
        let unread: Int64
        let status: String
    }

    @Test func filesAreTheirProjectsAlone() async throws {
        let fixture = try await LedgerFixture()
        _ = try await makeBatch(fixture)
        let ledger = fixture.ledger
        #expect(try ledger.readStored { try $0.file("file-1", projectID: 1) }?.lines?.count == 3)
        #expect(try ledger.readStored { try $0.file("file-1", projectID: 2) } == nil)
        #expect(try ledger.readStored { try $0.batch("batch_1", projectID: 2) == nil })
        let files = StoredListQuery(kind: .file, limit: 9)
        #expect(try ledger.readStored { try $0.list(files, projectID: 1) } == [#"{"id":"file-1"}"#])
        #expect(try ledger.readStored { try $0.list(files, projectID: 2) } == [])
        try await ledger.recordDeletion(ofFile: 1, by: RequestID(rawValue: 12), organizationID: 1)
        try await ledger.recordDeletion(ofFile: 1, by: RequestID(rawValue: 13), organizationID: 1)
        #expect(try ledger.readStored { try $0.file("file-1", projectID: 1) } == nil)
        #expect(try ledger.readStored { try $0.list(files, projectID: 1) } == [])
        #expect(try ledger.makeReader().query("SELECT request_id FROM stored_file_deletion") == [[.integer(12)]])
        ledger.shutdown()
    }
}

import SQLite
import Testing
import TollbookLedger
import TollbookReports
import TollbookTesting

/// Focus: a correct ledger is clean; see `VerifyTamperTests` for what is not.
@Suite struct VerifyTests {
    @Test func findsNothingInWhatTheWriterWrote() async throws {
        let books = try await BooksFixture()
        defer { books.ledger.shutdown() }
        try await books.makeEveryKindOfCall()
        let result = try Verify.run(try books.makeReader())
        #expect(result.findings.map(\.text) == [])
        #expect(result.isClean)
        #expect(result.counts.requests == 10)
        #expect(result.counts.openRequests == 1)
        #expect(result.counts.journalRows == result.headIndex + 1)
        #expect(result.trustLevel == "none: leaf hashes only")
    }

    @Test func findsNothingInAnEmptyLedger() async throws {
        let books = try await BooksFixture()
        defer { books.ledger.shutdown() }
        #expect(try Verify.run(try books.makeReader()).isClean)
    }

    @Test func findsNothingAfterARecovery() async throws {
        let books = try await BooksFixture()
        try await books.makeEveryKindOfCall()
        books.ledger.shutdown()
        let ledger = try LedgerFixture.reopen(books.base.directory, clock: books.clock)
        defer { ledger.shutdown() }
        let result = try Verify.run(try books.makeReader())
        #expect(result.findings.map(\.text) == [])
        #expect(result.counts.openRequests == 0)
    }

    @Test func endsWhenItsProgressThrows() async throws {
        struct Stop: Error {}
        let books = try await BooksFixture()
        defer { books.ledger.shutdown() }
        let reader = try books.makeReader()
        #expect(throws: Stop.self) { try Verify.run(reader) { _ in throw Stop() } }
        #expect(!reader.isInTransaction)
    }
}

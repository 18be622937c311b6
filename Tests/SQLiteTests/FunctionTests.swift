import SQLite
import Testing

@Suite struct FunctionTests {
    let connection: Connection

    init() throws {
        connection = try Connection(path: Connection.inMemory)
    }

    static let values: [Value] = [
        .null, .integer(.max), .real(0.25), .text("a\0ü"), .text(""), .blob([0, 1]), .blob([]),
    ]

    @Test(arguments: values)
    func valuesGoInAndComeOutUnchanged(_ value: Value) throws {
        try connection.createFunction("same", argumentCount: 1) { $0[0] }
        #expect(try connection.query("SELECT same(?)", [value]) == [[value]])
    }

    @Test func anyNumberOfArguments() throws {
        try connection.createFunction("count_of", argumentCount: nil) { .integer(Int64($0.count)) }
        try connection.createFunction("past_the_last", argumentCount: nil) { $0[$0.count] }
        #expect(try connection.query("SELECT count_of(), count_of(1, 2, 3), past_the_last(1)") == [[0, 3, nil]])
    }

    @Test func bytesAreLent() throws {
        try connection.createFunction("last_byte", argumentCount: 1) { arguments in
            arguments.withBytes(at: 0) { .integer($0.last.map(Int64.init) ?? -1) }
        }
        let rows = try connection.query("SELECT last_byte(x'0102FE'), last_byte(x''), last_byte(NULL)")
        #expect(rows == [[254, -1, -1]])
    }

    @Test func wrongNumberOfArgumentsIsRefused() throws {
        try connection.createFunction("one", argumentCount: 1) { $0[0] }
        #expect(failure { _ = try connection.query("SELECT one()") }?.code == .error)
    }

    @Test func errorsAreToldWithoutForeignText() throws {
        struct Leaky: Error, CustomStringConvertible { let description = "secret" }
        try connection.createFunction("leaks", argumentCount: 0) { _ in throw Leaky() }
        let error = failure { _ = try connection.query("SELECT leaks()") }
        #expect(error?.code == .error)
        #expect(error?.message == "function leaks failed")
        try connection.createFunction("refuses", argumentCount: 0) { _ in
            throw SQLiteError(code: .constraint, message: "no")
        }
        let refused = failure { _ = try connection.query("SELECT refuses()") }
        #expect(refused?.code == .constraint)
        #expect(refused?.message == "no")
    }

    @Test func directOnlyFunctionsStayOutOfViews() throws {
        try connection.setPragma("trusted_schema", to: 0)
        try connection.createFunction("direct", argumentCount: 0) { _ in 1 }
        try connection.createFunction("harmless", argumentCount: 0, traits: [.deterministic, .innocuous]) { _ in 2 }
        try connection.execute("CREATE VIEW a AS SELECT direct(); CREATE VIEW b AS SELECT harmless()")
        #expect(failure { _ = try connection.query("SELECT * FROM a") }?.code == .error)
        #expect(try connection.query("SELECT * FROM b") == [[2]])
    }

    @Test func theBodyIsReleasedWithTheConnection() throws {
        final class Marker {}
        weak var marker: Marker?
        do {
            let scratch = try Connection(path: Connection.inMemory)
            let held = Marker()
            marker = held
            try scratch.createFunction("held", argumentCount: 0) { _ in
                .integer(Int64(ObjectIdentifier(held).hashValue & 1))
            }
            #expect(marker != nil)
            try scratch.close()
        }
        #expect(marker == nil)
    }
}

/// Prepared statements by the address of their literal.
///
/// Open addressing on the address itself costs less than hashing the SQL text. It holds one statement per literal that
/// was used, so the program's text bounds it, and it never evicts: a statement for a new schema prepares itself again.
struct StatementCache {
    private var keys: [UInt]
    private var statements: [Statement?]
    private var count = 0

    init() {
        keys = Array(repeating: 0, count: 16)
        statements = Array(repeating: nil, count: 16)
    }

    func statement(for sql: StaticString) -> Statement? {
        let key = Self.key(sql)
        return statements[slot(of: key)]
    }

    mutating func insert(_ statement: Statement, for sql: StaticString) {
        if (count + 1) * 2 > keys.count { grow() }
        let key = Self.key(sql)
        let slot = slot(of: key)
        if statements[slot] == nil { count += 1 }
        keys[slot] = key
        statements[slot] = statement
    }

    mutating func removeAll() {
        self = StatementCache()
    }

    /// The slot that holds `key`, or the free one where it belongs. The table is at most half full, so there is one.
    private func slot(of key: UInt) -> Int {
        let mask = UInt(keys.count - 1)
        // Fibonacci hashing: the high bits of the product mix all bits of the address.
        var slot = (key &* 0x9E37_79B9_7F4A_7C15) >> 40 & mask
        while keys[Int(slot)] != key, keys[Int(slot)] != 0 { slot = (slot + 1) & mask }
        return Int(slot)
    }

    private mutating func grow() {
        let old = zip(keys, statements)
        keys = Array(repeating: 0, count: keys.count * 2)
        statements = Array(repeating: nil, count: keys.count)
        for (key, statement) in old where statement != nil {
            let slot = slot(of: key)
            keys[slot] = key
            statements[slot] = statement
        }
    }

    /// A literal of one character has no address; its code point cannot be taken for one.
    private static func key(_ sql: StaticString) -> UInt {
        sql.hasPointerRepresentation ? UInt(bitPattern: sql.utf8Start) : UInt(sql.unicodeScalar.value)
    }
}

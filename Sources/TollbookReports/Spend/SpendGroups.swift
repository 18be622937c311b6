internal import SQLite
internal import TollbookCore

/// The groups of a report under way, by ids; exact sums, overflow is an error.
struct SpendGroups {
    /// A group: one value for each dimension, then the currency.
    struct Key: Hashable {
        private(set) var values = SIMD16<Int64>(repeating: 0)
        private(set) var count = 0

        mutating func append(_ value: Int64) {
            values[count] = value
            count += 1
        }

        subscript(position: Int) -> Int64 { values[position] }

        func hash(into hasher: inout Hasher) {
            for position in 0..<count { hasher.combine(values[position]) }
        }
    }

    struct Sums {
        var requests: Int64 = 0
        var denied: Int64 = 0
        var estimated: Int64 = 0
        var unpriced: Int64 = 0
        var openHolds: Int64 = 0
        var spendNano: Int64 = 0

        mutating func add(_ other: Sums) throws {
            requests = try CheckedSum.exact(requests, other.requests)
            denied = try CheckedSum.exact(denied, other.denied)
            estimated = try CheckedSum.exact(estimated, other.estimated)
            unpriced = try CheckedSum.exact(unpriced, other.unpriced)
            openHolds = try CheckedSum.exact(openHolds, other.openHolds)
            spendNano = try CheckedSum.exact(spendNano, other.spendNano)
        }
    }

    private var positions: [Key: Int] = [:]
    private(set) var keys: [Key] = []
    private(set) var sums: [Sums] = []
    private var last: (key: Key, position: Int)?

    /// - Throws: `report_too_large`, `amount_overflow`.
    mutating func add(_ added: Sums, to key: Key) throws {
        try sums[position(of: key)].add(added)
    }

    private mutating func position(of key: Key) throws -> Int {
        if let last, last.key == key { return last.position }
        if let position = positions[key] {
            last = (key, position)
            return position
        }
        guard keys.count < ReportLimits.groups else {
            throw TollbookError(
                .reportTooLarge, "the report has more than \(ReportLimits.groups) groups",
                hint: "Divide by fewer dimensions, or ask for a shorter period.")
        }
        positions[key] = keys.count
        keys.append(key)
        sums.append(Sums())
        last = (key, keys.count - 1)
        return keys.count - 1
    }
}

/// Small numbers for texts that come again and again; from 1, because 0 says none.
struct TextNumbers {
    private(set) var texts: [String] = []
    private var numbers: [String: Int64] = [:]
    private var last: (text: String, number: Int64) = ("", 0)

    mutating func number(_ text: String) -> Int64 {
        if last.number > 0, last.text == text { return last.number }
        let number = numbers[text] ?? Int64(texts.count + 1)
        if number > texts.count {
            texts.append(text)
            numbers[text] = number
        }
        last = (text, number)
        return number
    }

    /// The text of a number; nil for 0.
    func text(_ number: Int64) -> String? {
        number > 0 ? texts[Int(number) - 1] : nil
    }
}

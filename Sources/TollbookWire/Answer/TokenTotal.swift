/// A total that parts are taken out of.
struct TokenTotal {
    private(set) var rest: Int64
    /// Whether a part was larger than what was left.
    private(set) var fellShort = false

    init(_ total: Int64) {
        rest = total
    }

    /// Takes a part out; gives what was there of it.
    mutating func take(_ quantity: Int64) -> Int64 {
        let taken = min(quantity, rest)
        if taken < quantity { fellShort = true }
        rest -= taken
        return taken
    }
}

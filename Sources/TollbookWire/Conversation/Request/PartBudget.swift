/// Counts the turns and parts of a conversation that is read, up to the limit.
struct PartBudget {
    private var left = WireLimits.conversationParts

    /// Takes one more; throws `invalid_field` when there are too many.
    mutating func take(_ view: JSONView) throws(WireError) {
        guard left > 0 else { throw view.invalid("messages") }
        left -= 1
    }
}

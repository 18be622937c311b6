/// Why the gateway takes no calls now.
package enum ReadinessFault: String, Encodable, Sendable, CaseIterable {
    /// Recovery, the governance file or a port is not done yet.
    case starting
    /// The ledger cannot commit; calls are refused until it can.
    case ledgerCannotCommit = "ledger_cannot_commit"
    /// The gateway is going down and takes no new calls.
    case draining
}

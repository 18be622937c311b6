/// Why the bytes of a connection are no HTTP/1.1 message. Where the next message would begin is not known then.
package enum MessageFault: Error, Equatable, Sendable {
    /// Not what RFC 9112 has, or something that two readers could take for two different things.
    case malformed
    /// The head has more bytes or fields than `GatewayLimits` allows.
    case headTooLarge
}

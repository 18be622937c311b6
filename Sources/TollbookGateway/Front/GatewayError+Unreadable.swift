internal import NIOHTTPCompression

extension GatewayError {
    /// What a client is told that sent no HTTP/1.1.
    static func unreadable(_ fault: MessageFault) -> GatewayError {
        switch fault {
        case .malformed: GatewayError(.invalidRequest, "The request is not valid HTTP/1.1.")
        case .headTooLarge:
            GatewayError(
                .headersTooLarge,
                "There are more than \(GatewayLimits.headFields) headers, or \(GatewayLimits.headBytes) bytes of them.")
        }
    }

    /// What a client is told whose body could not be decompressed.
    static func undecodable(_ error: any Error, limit: Int) -> GatewayError {
        switch error {
        case NIOHTTPDecompression.DecompressionError.limit: .requestTooLarge(limit: limit)
        default:
            GatewayError(
                .invalidRequest, "The body is not valid in its content-encoding.", param: "content-encoding")
        }
    }
}

internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTPCompression

/// What a client is told when its bytes cannot be read.
enum RequestFailure {
    /// The answer for an error of the pipeline; nil: the connection itself broke.
    static func answer(for error: any Error, limit: Int) -> GatewayError? {
        switch error {
        case HTTPParserError.headerOverflow:
            GatewayError(.headersTooLarge, "The headers are larger than \(GatewayLimits.headBytes) bytes.")
        case HTTPParserError.invalidEOFState: nil
        case is HTTPParserError:
            GatewayError(.invalidRequest, "The request is not valid HTTP/1.1.")
        case NIOHTTPDecompression.DecompressionError.limit: .requestTooLarge(limit: limit)
        case is NIOHTTPDecompression.DecompressionError, is NIOHTTPDecompression.ExtraDecompressionError:
            GatewayError(.invalidRequest, "The body is not valid in its content-encoding.", param: "content-encoding")
        default: nil
        }
    }
}

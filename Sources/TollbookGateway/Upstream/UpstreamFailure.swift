internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTPCompression
internal import NIOPosix
internal import NIOSSL
internal import TollbookCore

/// Sorts what NIO throws into the ledger's classes. Nothing of an error's text is kept.
enum UpstreamFailure {
    /// For a connection that was never ready.
    static func connecting(_ error: any Error) -> ErrorClass {
        switch error {
        case ChannelError.connectTimeout: .connectTimeout
        case let error as NIOConnectionError where isTimeout(error): .connectTimeout
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: .tlsFailed
        default: .connectFailed
        }
    }

    /// For a connection in use; nil when the error says no more than that the connection broke.
    static func using(_ error: any Error) -> ErrorClass? {
        switch error {
        case HTTPParserError.invalidEOFState, HTTPParserError.closedConnection: nil
        case is HTTPParserError, is NIOHTTPDecompression.DecompressionError,
            is NIOHTTPDecompression.ExtraDecompressionError, is NIOHTTPDecoderError:
            .malformedResponse
        default: nil
        }
    }

    private static func isTimeout(_ error: NIOConnectionError) -> Bool {
        !error.connectionErrors.isEmpty
            && error.connectionErrors.allSatisfy { failure in
                if case ChannelError.connectTimeout = failure.error { return true }
                return (failure.error as? IOError)?.errnoCode == ETIMEDOUT
            }
    }
}

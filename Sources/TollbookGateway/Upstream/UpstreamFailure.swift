internal import NIOCore
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
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError, is TLSFileFault: .tlsFailed
        case ProxyFault.timedOut: .connectTimeout
        case is ProxyFault: .proxyFailed
        default: .connectFailed
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

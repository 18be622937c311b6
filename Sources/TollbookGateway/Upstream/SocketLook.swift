package import NIOCore

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// A look at the socket behind a channel.
package enum SocketLook {
    /// Whether the peer has sent nothing that is not read yet, nor its end; waits for nothing.
    ///
    /// What has come since the event loop last asked the kernel is not known to the channel, which takes itself for
    /// open and silent. A channel that is no socket is quiet. On the channel's event loop.
    package static func isQuiet(_ channel: any Channel) -> Bool {
        let isQuiet = try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(
            of: NIOBSDSocket.Handle.self
        ) { socket in
            var byte: UInt8 = 0
            let count = recv(socket, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
            return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)
        }
        return isQuiet ?? true
    }
}

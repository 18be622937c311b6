import NIOCore
import NIOPosix
import Testing
import TollbookGateway

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What a look at a socket sees before the event loop does.
@Suite struct SocketLookTests {
    /// What the peer does while the event loop is busy.
    enum Deed: CaseIterable {
        case nothing
        case sends
        case closes
        case resets
    }

    @Test(arguments: Deed.allCases)
    func seesWhatTheChannelDoesNot(_ deed: Deed) async throws {
        var ends: [Int32] = [-1, -1]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        let peer = ends[1]
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let channel = try await ClientBootstrap(group: group).withConnectedSocket(ends[0]).get()
        try await channel.writeAndFlush(ByteBuffer(string: "x")).get()
        let seen = try await channel.eventLoop.submit {
            let before = SocketLook.isQuiet(channel)
            Self.act(deed, peer)
            return (before, SocketLook.isQuiet(channel), channel.isActive)
        }.get()
        #expect(seen == (true, deed == .nothing, true))
        if deed == .nothing || deed == .sends { close(peer) }
        try await group.shutdownGracefully()
    }

    private static func act(_ deed: Deed, _ peer: Int32) {
        var byte: UInt8 = 0
        switch deed {
        case .nothing: break
        case .sends: send(peer, &byte, 1, 0)
        case .closes:
            recv(peer, &byte, 1, 0)
            close(peer)
        // With a byte left unread.
        case .resets: close(peer)
        }
    }
}

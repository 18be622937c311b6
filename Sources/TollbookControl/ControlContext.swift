internal import Hummingbird
internal import NIOCore

/// The context of a request of the control plane: where it came from.
struct ControlContext: RequestContext, RemoteAddressRequestContext {
    var coreContext: CoreRequestContextStorage
    let remoteAddress: SocketAddress?

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        remoteAddress = source.channel.remoteAddress
    }

    /// The caller's network address without the port; nil: this machine.
    var callerAddress: String? {
        guard let address = remoteAddress?.ipAddress, address != "127.0.0.1", address != "::1" else { return nil }
        return address
    }
}

internal import NIOCore
internal import TollbookCore

/// Who uses a connection to a provider, or a stream of one. On the connection's event loop.
enum UpstreamUser {
    case call(Call)
    /// The gateway itself, for a batch.
    case exchange(UpstreamExchange)

    func connected(_ link: UpstreamLink) {
        switch self {
        case .call(let call): call.connected(link)
        case .exchange(let exchange): exchange.connected(link)
        }
    }

    /// What it waits for is another than before.
    func moved(to link: UpstreamLink) {
        switch self {
        case .call(let call): call.connection = link
        case .exchange(let exchange): exchange.connection = link
        }
    }

    func connectFailed(_ errorClass: ErrorClass) {
        switch self {
        case .call(let call): call.connectFailed(errorClass)
        case .exchange(let exchange): exchange.failed()
        }
    }

    func upstreamHead(_ answer: ProviderAnswer) {
        switch self {
        case .call(let call): call.upstreamHead(answer)
        case .exchange(let exchange): exchange.received(answer)
        }
    }

    func upstreamBody(_ bytes: ByteBuffer) {
        switch self {
        case .call(let call): call.upstreamBody(bytes)
        case .exchange(let exchange): exchange.received(bytes)
        }
    }

    func upstreamTakesMore() {
        if case .call(let call) = self { call.upstreamTakesMore() }
    }

    func upstreamReadComplete() {
        if case .call(let call) = self { call.upstreamReadComplete() }
    }

    func upstreamEnd() {
        switch self {
        case .call(let call): call.upstreamEnd()
        case .exchange(let exchange): exchange.ended()
        }
    }

    /// The provider has not read the request: see `Call.upstreamClosedIdle()`. What the gateway asks by itself it asks
    /// again at its next look.
    func upstreamClosedIdle() {
        switch self {
        case .call(let call): call.upstreamClosedIdle()
        case .exchange(let exchange): exchange.failed()
        }
    }

    /// The provider has not processed the request.
    func upstreamRefused() {
        switch self {
        case .call(let call): call.upstreamRefused()
        case .exchange(let exchange): exchange.failed()
        }
    }

    func upstreamFailed(_ errorClass: ErrorClass?) {
        switch self {
        case .call(let call): call.upstreamFailed(errorClass)
        case .exchange(let exchange): exchange.failed()
        }
    }
}

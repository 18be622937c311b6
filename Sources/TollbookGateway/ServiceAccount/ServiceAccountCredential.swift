internal import Logging
internal import NIOCore
internal import Synchronization
internal import TollbookPolicy

/// A service account's access token, fetched and renewed. Thread-safe; `fetch` blocks for the key's file.
final class ServiceAccountCredential: Sendable {
    /// Whose token it is, and how its provider is reached.
    struct Place: Hashable, Sendable {
        /// The key's file.
        let path: String
        let network: ProviderNetwork
        /// The provider's name, for the log.
        let provider: String
    }

    private struct State {
        var schedule = TokenSchedule()
        var secret: CredentialSecret?
        var stamp: FileStamp?
        var waiting: [EventLoopPromise<Void>] = []
        var fault: TokenFault?
    }

    let place: Place
    private let logger: Logger
    private let state = Mutex(State())
    /// Whether somebody has asked for it since the last time.
    private let wasUsed = Atomic(false)

    init(_ place: Place, logger: Logger) {
        self.place = place
        self.logger = logger
    }

    func lookup() -> CredentialStore.Lookup {
        wasUsed.store(true, ordering: .relaxed)
        return state.withLock { state in
            switch state.schedule.found {
            case .ready: state.secret.map { .ready($0) } ?? .unavailable
            case .unavailable: .unavailable
            case .awaited: .unknown
            }
        }
    }

    /// Awaits the exchange that goes on, or the first one.
    ///
    /// - Returns: when that has ended, and whether the caller is to `fetch`.
    func wait(on eventLoop: any EventLoop) -> (EventLoopFuture<Void>, isToFetch: Bool) {
        let promise = eventLoop.makePromise(of: Void.self)
        let (isRunning, isToFetch) = state.withLock { state in
            let isToFetch = state.schedule.begin(nowNanos: Self.nowNanos)
            if state.schedule.isRunning { state.waiting.append(promise) }
            return (state.schedule.isRunning, isToFetch)
        }
        if !isRunning { promise.succeed() }
        return (promise.futureResult, isToFetch)
    }

    /// Whether it is time to `fetch` again, also because the key's file has changed. Blocks for a moment.
    func isDue() -> Bool {
        let used = wasUsed.load(ordering: .relaxed)
        let stamp = FileStamp(path: place.path)
        return state.withLock { state in
            if stamp != state.stamp, !state.schedule.isRunning {
                state.stamp = stamp
                state.schedule.keyChanged()
            }
            return state.schedule.beginIfDue(nowNanos: Self.nowNanos, wasUsed: used)
        }
    }

    /// The provider refused the token.
    func refused() {
        state.withLock { $0.schedule.refused() }
    }

    /// Reads the key and signs with it; nil when it cannot be used. Blocks.
    ///
    /// - Parameter nowSeconds: since 1970.
    func makeAssertion(nowSeconds: Int64) -> (assertion: String, endpoint: UpstreamEndpoint)? {
        wasUsed.store(false, ordering: .relaxed)
        // Taken first: a change in between is then seen at the next look.
        let stamp = FileStamp(path: place.path)
        state.withLock { $0.stamp = stamp }
        guard let file = SmallFile.contents(of: place.path, limit: GatewayLimits.credentialBytes) else {
            ended(.failure(.keyUnreadable))
            return nil
        }
        do throws(TokenFault) {
            let key = try ServiceAccountKey(file)
            return (try key.assertion(nowSeconds: nowSeconds), key.tokenEndpoint)
        } catch {
            ended(.failure(error))
            return nil
        }
    }

    /// An exchange has ended.
    func ended(_ result: Result<TokenAnswer, TokenFault>) {
        let now = Self.nowNanos
        let (waiting, before) = state.withLock { state in
            let before = state.fault
            switch result {
            case .success(let answer):
                state.secret = answer.secret
                state.schedule.ended(lifetimeSeconds: answer.lifetimeSeconds)
                state.fault = nil
            case .failure(let fault):
                state.schedule.failed(nowNanos: now)
                state.fault = fault
            }
            let waiting = state.waiting
            state.waiting = []
            return (waiting, before)
        }
        log(result, before)
        for promise in waiting { promise.succeed() }
    }

    /// Each fault once, and that it is over.
    private func log(_ result: Result<TokenAnswer, TokenFault>, _ before: TokenFault?) {
        switch result {
        case .success:
            guard before != nil else { return }
            logger.info("A service account has its token again", metadata: ["provider": "\(place.provider)"])
        case .failure(let fault):
            guard fault != before, fault != .stopped else { return }
            logger.error(
                "A service account gets no token", metadata: ["provider": "\(place.provider)", "reason": "\(fault)"])
        }
    }

    private static var nowNanos: UInt64 { NIODeadline.now().uptimeNanoseconds }
}

internal import NIOCore
internal import Synchronization

/// Counts the calls of one event loop by model name; other loops read it for `GET /sim/calls`.
final class CallCounts: Sendable {
    private let state = Mutex(State())

    private struct State {
        /// Keyed by the name as the request wrote it; limited by ``SimulatorLimits/countedModels``.
        var byModel: [String: Int] = [:]
        var others = 0
    }

    /// Counts one call.
    func count(_ model: ByteBuffer) {
        let name = String(decoding: model.readableBytesView, as: UTF8.self)
        state.withLock { state in
            if let known = state.byModel[name] {
                state.byModel[name] = known + 1
            } else if state.byModel.count < SimulatorLimits.countedModels {
                state.byModel[name] = 1
            } else {
                state.others += 1
            }
        }
    }

    /// The counts since the last reset, `(other)` for names beyond the limit.
    var byModel: [String: Int] {
        state.withLock { state in
            var result = state.byModel
            if state.others > 0 { result["(other)"] = state.others }
            return result
        }
    }

    func reset() {
        state.withLock { $0 = State() }
    }
}

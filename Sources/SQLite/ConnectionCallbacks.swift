/// The closures that SQLite calls on behalf of one connection.
///
/// SQLite holds a plain pointer to this object; the connection and each of its statements keep it alive, so that a
/// statement that outlives its connection still finds it.
final class ConnectionCallbacks {
    var shouldStop: (() -> Bool)?
    var authorize: ((AuthorizedAction) -> AuthorizerVerdict)?
    var didCommitToLog: ((Int) -> Void)?

    var pointer: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

    static func from(_ pointer: UnsafeMutableRawPointer?) -> ConnectionCallbacks? {
        pointer.map { Unmanaged<ConnectionCallbacks>.fromOpaque($0).takeUnretainedValue() }
    }
}

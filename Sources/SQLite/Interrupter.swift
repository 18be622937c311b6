internal import CSQLite
internal import Synchronization

/// Ends what a connection is doing, from any thread.
///
/// It may outlive its connection; after `close()` it does nothing.
package final class Interrupter: Sendable {
    /// The address of the connection; 0 once that is closed. The lock keeps it open while it is being interrupted.
    private let address: Mutex<UInt>

    init(_ database: OpaquePointer) {
        address = Mutex(UInt(bitPattern: database))
    }

    /// Makes the statements that run now end with `.interrupt`, at their next look.
    ///
    /// An INSERT, UPDATE or DELETE in a transaction takes the whole transaction with it. When nothing runs, this does
    /// nothing: a statement that starts later is not stopped. See https://www.sqlite.org/c3ref/interrupt.html
    package func interrupt() {
        address.withLock { address in
            guard let database = OpaquePointer(bitPattern: address) else { return }
            sqlite3_interrupt(database)
        }
    }

    func invalidate() {
        address.withLock { $0 = 0 }
    }
}

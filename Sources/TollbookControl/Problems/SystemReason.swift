internal import Foundation
internal import NIOCore

/// What the system says of a failed call on a socket, in its own words.
package enum SystemReason {
    /// `Address already in use`; for other errors their own description.
    package static func text(_ error: any Error) -> String {
        guard let error = error as? IOError, error.errnoCode > 0 else { return "\(error)" }
        return String(cString: strerror(error.errnoCode))
    }
}

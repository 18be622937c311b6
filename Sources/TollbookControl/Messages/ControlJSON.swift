package import Foundation

/// The JSON of the control plane: sorted keys, slashes as they are, dates never (times are RFC 3339 text).
package enum ControlJSON {
    package static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }

    package static var decoder: JSONDecoder { JSONDecoder() }
}

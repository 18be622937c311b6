#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// How far an address reaches, by the registries of special-purpose addresses (RFC 6890 and its successors).
package enum AddressReach: Sendable, Equatable {
    /// Reached from everywhere.
    case everywhere
    /// This machine or the own network: loopback, RFC 1918, shared (RFC 6598), benchmarks, unique local (RFC 4193).
    case own
    /// No receiver's: link-local, which is where clouds tell machines their credentials; multicast; unspecified.
    case nobody

    /// - Parameter text: a numeric address of either family; anything else is nobody's.
    package init(of text: String) {
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            self = Self.reach(ofFour: withUnsafeBytes(of: four) { Array($0) })
        } else if inet_pton(AF_INET6, text, &six) == 1 {
            self = Self.reach(ofSix: withUnsafeBytes(of: six) { Array($0) })
        } else {
            self = .nobody
        }
    }

    private static func reach(ofFour bytes: [UInt8]) -> AddressReach {
        switch (bytes[0], bytes[1], bytes[2]) {
        case (0, _, _), (169, 254, _), (192, 0, 0), (224..., _, _): .nobody
        case (10, _, _), (127, _, _), (100, 64...127, _), (172, 16...31, _), (192, 168, _), (198, 18...19, _): .own
        default: .everywhere
        }
    }

    private static func reach(ofSix bytes: [UInt8]) -> AddressReach {
        // IPv4-mapped, and through NAT64: what counts is the address within.
        if bytes[0..<10].allSatisfy({ $0 == 0 }), bytes[10] == 0xFF, bytes[11] == 0xFF {
            return reach(ofFour: Array(bytes[12...]))
        }
        if Array(bytes[0..<12]) == [0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0] {
            return reach(ofFour: Array(bytes[12...]))
        }
        // 6to4 carries one too.
        if bytes[0] == 0x20, bytes[1] == 0x02 { return reach(ofFour: Array(bytes[2..<6])) }
        if bytes[0..<15].allSatisfy({ $0 == 0 }) { return bytes[15] == 1 ? .own : .nobody }
        switch (bytes[0], bytes[1]) {
        case (0xFC...0xFD, _): return .own
        case (0x20...0x3F, _): return .everywhere
        default: return .nobody
        }
    }
}

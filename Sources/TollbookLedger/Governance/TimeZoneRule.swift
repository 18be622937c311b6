internal import Foundation
package import TollbookPolicy

/// The rule for names of time zones: those of the IANA database, as this machine knows them.
package enum TimeZoneRule {
    /// Why the name is refused; nil when it is a zone.
    package static func violation(in name: String) -> RuleViolation? {
        // Foundation also takes offsets such as GMT+2, which the database does not have.
        let isOffset = name.hasPrefix("GMT") && name != "GMT"
        if isName(name), !isOffset, TimeZone(identifier: name) != nil { return nil }
        let near = Suggestion.nearest(to: name, in: TimeZone.knownTimeZoneIdentifiers)
        return RuleViolation(
            "\(Quoted.text(name)) is no time zone",
            near.map { "Write \($0)." } ?? "Write a name of the IANA database, for example UTC or Europe/Berlin.")
    }

    private static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 64
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "+"),
                    UInt8(ascii: "/"):
                    true
                default: false
                }
            }
    }
}

/// Regions of AWS, for which its providers' requests are signed.
package enum AWSRegion {
    /// The region that the host of an address names; nil: none.
    package static func named(byURL url: String) -> String? {
        guard let scheme = url.firstRange(of: "://") else { return nil }
        return named(byHost: String(url[scheme.upperBound...].prefix { $0 != "/" && $0 != ":" }))
    }

    /// The region that a host of Bedrock names, such as `bedrock-runtime.us-east-1.amazonaws.com` or
    /// `vpce-0a.bedrock-runtime.eu-central-1.vpce.amazonaws.com`; nil for a host of another form.
    package static func named(byHost host: String) -> String? {
        let labels = host.lowercased().split(separator: ".")
        guard let service = labels.firstIndex(where: { $0 == "bedrock-runtime" || $0 == "bedrock-runtime-fips" }),
            service + 2 < labels.count, isRegion(labels[service + 1])
        else { return nil }
        return String(labels[service + 1])
    }

    /// Whether a text could be a region: `us-east-1`, `ap-southeast-4`, `us-gov-west-1`.
    package static func isRegion(_ text: some StringProtocol) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 3, let number = parts.last, (1...2).contains(number.utf8.count) else { return false }
        let isDigits = number.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        let isLetters = parts.dropLast().allSatisfy { part in
            !part.isEmpty && part.utf8.allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
        }
        return isDigits && isLetters
    }
}

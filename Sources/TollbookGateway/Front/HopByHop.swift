/// Headers that `Connection` names are hop-by-hop as well (RFC 9110, section 7.6.1).
enum HopByHop {
    /// Adds the names of a `Connection` header in lower case, but for its two options.
    static func nominate(_ value: String, _ nominated: inout [String]) {
        if HeaderName.equals(value, "keep-alive") || HeaderName.equals(value, "close") { return }
        for token in value.split(separator: ",") {
            let name = token.trimmingSpaces().lowercased()
            if name != "keep-alive", name != "close", !name.isEmpty { nominated.append(name) }
        }
    }
}

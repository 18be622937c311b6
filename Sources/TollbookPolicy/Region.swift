/// The closed list of regions with containment, as governance files name them.
package enum Region {
    /// Every region and the one that contains it; nil: a top-level region.
    package static let parents: [String: String?] = [
        "eu": nil, "eu-west": "eu", "eu-central": "eu", "eu-north": "eu", "eu-south": "eu",
        "uk": nil, "ch": nil,
        "us": nil, "us-east": "us", "us-west": "us", "us-central": "us", "us-gov": "us",
        "ca": nil, "sa": nil, "af": nil, "me": nil, "in": nil,
        "apac": nil, "apac-northeast": "apac", "apac-southeast": "apac", "au": nil, "jp": nil, "cn": nil,
        "local": nil,
    ]

    /// Whether the list has the region.
    package static func isKnown(_ region: String) -> Bool {
        parents.keys.contains(region)
    }

    /// Whether `region` is one of `allowed` or lies inside one of them.
    package static func isContained(_ region: String, inAnyOf allowed: [String]) -> Bool {
        var current: String? = region
        while let name = current {
            if allowed.contains(name) { return true }
            current = parents[name] ?? nil
        }
        return false
    }
}

/// The version that this binary says it is.
package enum BuildVersion {
    /// Raised with each entry of CHANGELOG.md.
    package static let text = "0.1.0"
}

/// Header fields of the control plane's answers.
package enum ControlHeader {
    /// On a verification: `true` when there is no finding, else `false`.
    package static let clean = "x-tollbook-clean"
}

/// What a provider may have besides its dialect and address; names as in governance files and the ledger.
package enum ProviderSetting: String, CaseIterable, Sendable {
    /// The preset that it was made with.
    case preset
    /// The version of Azure's interface that is asked for.
    case apiVersion = "api_version"
    /// The region of AWS that calls are signed for.
    case awsRegion = "aws_region"
}

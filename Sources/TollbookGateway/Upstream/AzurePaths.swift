package import TollbookCore

/// Where Azure OpenAI answers: `/openai/deployments/{model}/…?api-version=…` (`/openai/responses?api-version=…`), or its
/// newer `/openai/v1/…`.
///
/// Source: learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle.
package struct AzurePaths: Sendable {
    /// The path before `/openai` is the resource's own, or that of a gateway before it.
    private let resource: UpstreamEndpoint
    private let apiVersion: String?
    /// Whether the path names the model.
    package let namesModel: Bool

    /// - Parameters:
    ///   - endpoint: the resource's address; may end with `/openai` or `/openai/v1`.
    ///   - apiVersion: as the governance file has it; without one the newer paths are taken, which need none.
    package init(_ endpoint: UpstreamEndpoint, apiVersion: String?) {
        let isVersioned = endpoint.path.hasSuffix("/openai/v1")
        let isNamed = endpoint.path.hasSuffix("/openai")
        let root = endpoint.path.dropLast(isVersioned ? 10 : isNamed ? 7 : 0)
        resource = endpoint.with(path: String(root) + "/openai")
        self.apiVersion = apiVersion
        namesModel = apiVersion != nil && !isVersioned
    }

    /// The path of a call about files or batches, which name no deployment, with its query.
    func path(stored path: String) -> String {
        let whole = resource.path + (namesModel ? "" : "/v1") + path
        return apiVersion.map { whole + "?api-version=" + $0 } ?? whole
    }

    /// The path of an endpoint, with its query.
    ///
    /// - Parameter model: the deployment's name at Azure.
    package func path(of endpoint: Endpoint, model: String) -> String {
        // Of responses the body alone names the model.
        let isShared = endpoint == .responses || endpoint == .responsesInputTokens
        let named = isShared ? "" : "/deployments/" + PercentText.encode(segment: model)
        let part = namesModel ? named : "/v1"
        let path = resource.with(path: resource.path + part).path(of: endpoint, model: model)
        return apiVersion.map { path + "?api-version=" + $0 } ?? path
    }
}

internal import TollbookPolicy

extension GovernanceReader {
    func webhook(_ node: YAMLNode) -> WebhookEntry? {
        guard var entry = entry(node, kind: "webhook") else { return nil }
        let name = entry.requiredText("name", example: "finance")
        let url = entry.requiredText("url", example: "https://hooks.acme.example/tollbook")
        if !entry.has("secret") { entry.missing("secret", example: "env:NAME") }
        guard let name, let url, let secret = source(&entry, "secret") else { return nil }
        var webhook = WebhookEntry(name: name, url: url, secret: secret)
        webhook.was = entry.text("was")
        webhook.previousSecret = source(&entry, "previous_secret")
        webhook.types = entry.texts("types")
        webhook.organization = entry.text("organization")
        webhook.privateNetwork = entry.flag("private_network")
        webhook.location = entry.location
        return webhook
    }
}

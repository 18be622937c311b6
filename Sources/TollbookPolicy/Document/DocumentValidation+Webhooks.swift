extension DocumentValidation {
    mutating func checkWebhooks(_ webhooks: [WebhookEntry]) {
        checkUnique(webhooks, of: "webhook", name: \.name, location: \.location)
        for webhook in webhooks {
            checkNames(webhook.name, was: webhook.was, webhook.location, allowsSlash: true)
            checked(webhook.url, "url", webhook.location) { text throws(RuleViolation) in
                try WebhookAddress.check(text, isPrivateAllowed: webhook.privateNetwork ?? false)
            }
            checkSecret(webhook.secret, "secret", webhook.location)
            if let previous = webhook.previousSecret { checkSecret(previous, "previous_secret", webhook.location) }
            checkAllowList(webhook.types, "types", webhook.location)
            for (offset, type) in (webhook.types ?? []).enumerated() where !EventType.isPattern(type) {
                refuse(
                    RuleViolation(
                        "\(Quoted.text(type)) is no type of events",
                        "Write for example budget.updated, budget.* or request.denied."),
                    "types/\(offset)", webhook.location)
            }
        }
    }

    private mutating func checkSecret(_ source: String, _ field: String, _ location: EntryLocation?) {
        switch checked(source, field, location, CredentialSource.parse) {
        case .serviceAccount?, CredentialSource.none?:
            refuse(
                RuleViolation(
                    "a webhook is signed with a secret", "Write env:NAME, file:/PATH or {command: [/PROGRAM]}."),
                field, location)
        default: break
        }
    }
}

/// The rule for a webhook's address.
enum WebhookAddress {
    /// - Throws: a `RuleViolation` that repeats nothing of the text: a path may hold a token.
    static func check(_ text: String, isPrivateAllowed: Bool) throws(RuleViolation) {
        // A query is a part of a receiver's address, unlike a provider's.
        let base = text.prefix { $0 != "?" }
        guard !text.contains("#"), text.utf8.count <= 1_024, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw RuleViolation(
                "the address has a fragment, a space or a character outside ASCII, or is over 1,024 bytes",
                "Write for example https://hooks.acme.example/tollbook.")
        }
        _ = try ProviderAddress.parse(String(base))
        guard !text.hasPrefix("http://") || isPrivateAllowed else {
            throw RuleViolation(
                "the address is not encrypted",
                "Write https://, or private_network: true for a receiver in your own network.")
        }
    }
}

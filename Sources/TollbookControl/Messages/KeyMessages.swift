package import TollbookLedger

/// The body of `POST /api/v1/keys`.
package struct KeyRequest: Codable, Sendable {
    /// The project that the key's calls are charged to: `ranking`, or `acme/ranking` where that is not unique.
    package var project: String
    package var application: String?
    /// The person it is made for.
    package var user: String?
    /// Unique in the project.
    package var name: String?
    /// RFC 3339 time or date (UTC) from which on it is refused.
    package var expires: String?
    /// The caller's reference for the change, for example a ticket.
    package var changeReference: String?
    /// Why; no place for personal data.
    package var reason: String?

    package init(
        project: String, application: String? = nil, user: String? = nil, name: String? = nil, expires: String? = nil,
        changeReference: String? = nil, reason: String? = nil
    ) {
        self.project = project
        self.application = application
        self.user = user
        self.name = name
        self.expires = expires
        self.changeReference = changeReference
        self.reason = reason
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case project, application, user, name, expires, reason
        case changeReference = "change_ref"
    }
}

/// The answer of `GET /api/v1/keys`.
package struct KeyList: Codable, Sendable, Equatable {
    package var keys: [KeySummary]
}

/// A virtual key to be made.
package struct NewKey: Codable, Equatable, Sendable {
    /// The project that its calls are charged to: `ranking`, or `acme/ranking` where the name is not unique.
    package var project: String
    /// An application of the project; nil: none.
    package var application: String?
    /// The person it is made for; becomes a subject.
    package var user: String?
    /// Unique in the project; nil: `key-1`, `key-2` …
    package var name: String?
    /// Refused from this time on, microseconds since 1970 UTC; nil: never.
    package var expiresMicros: Int64?

    package init(
        project: String, application: String? = nil, user: String? = nil, name: String? = nil,
        expiresMicros: Int64? = nil
    ) {
        self.project = project
        self.application = application
        self.user = user
        self.name = name
        self.expiresMicros = expiresMicros
    }

    enum CodingKeys: String, CodingKey {
        case project, application, user, name
        case expiresMicros = "expires_micros"
    }
}

/// A virtual key that was made; the only place that ever has its secret.
package struct CreatedKey: Codable, Equatable, Sendable {
    package let id: Int64
    package let name: String
    /// With the organization: `acme/ranking`.
    package let project: String
    package let application: String?
    /// `tb-` and 43 characters; not stored, and told once.
    package let secret: String
    /// The secret's last four characters, by which people tell keys apart.
    package let hint: String
    /// The revision from which on the key is in force.
    package let revision: Int64
}

/// Which key a command means.
package enum KeyReference: Sendable, Equatable {
    case id(Int64)
    /// `NAME`, `PROJECT/NAME` or `ORGANIZATION/PROJECT/NAME`.
    case path(String)
}

/// What became of a request to revoke a key.
package struct RevokedKey: Codable, Equatable, Sendable {
    package let id: Int64
    package let name: String
    /// The revision from which on it is refused.
    package let revision: Int64
    /// False when it was revoked before.
    package let wasOpen: Bool

    enum CodingKeys: String, CodingKey {
        case id, name, revision
        case wasOpen = "was_open"
    }
}

/// A virtual key as lists show it.
package struct KeySummary: Codable, Equatable, Sendable {
    package let id: Int64
    package let name: String
    package let organization: String
    package let team: String
    package let project: String
    package let application: String?
    /// The name that the key was made for; nil: none, or erased.
    package let user: String?
    /// The secret's last four characters.
    package let hint: String
    /// Microseconds since 1970 UTC.
    package let createdMicros: Int64
    package let expiresMicros: Int64?
    package let isClosed: Bool

    enum CodingKeys: String, CodingKey {
        case id, name, organization, team, project, application, user, hint
        case createdMicros = "created_micros"
        case expiresMicros = "expires_micros"
        case isClosed = "closed"
    }
}

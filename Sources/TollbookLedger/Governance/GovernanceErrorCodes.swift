package import TollbookCore

/// Codes of governance errors.
extension TollbookError.Code {
    /// A stored value of a governed object is none that this version writes.
    package static let governanceCorrupt = Self(rawValue: "governance_corrupt")
    /// A change's reference or reason, or a key's name, user or expiry, is not one that may be written.
    package static let invalidChange = Self(rawValue: "invalid_change")
    /// The object that a command names does not exist, is closed, or is not the only one of its name.
    package static let noSuchObject = Self(rawValue: "no_such_object")
    /// An open object has the name already.
    package static let nameTaken = Self(rawValue: "name_taken")
}

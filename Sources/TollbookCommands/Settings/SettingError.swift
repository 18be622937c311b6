internal import TollbookCore

extension TollbookError.Code {
    /// A setting's value makes no sense, or the settings file names one that does not exist.
    static let invalidSetting = Self(rawValue: "invalid_setting")
}

internal import ArgumentParser
internal import TollbookControl
internal import TollbookCore
internal import TollbookLedger
internal import TollbookReports

/// What a command's exit code means; every `--help` ends with this list.
enum ExitStatus: Int32 {
    /// Done, and nothing to complain of.
    case success = 0
    /// Failed, or a check had a finding.
    case failure = 1
    /// A setting or an option's value makes no sense.
    case usage = 2
    /// No server answers at the given address.
    case unreachable = 3
    /// The server or the data directory refused: a wrong token, no capacity, or another process has the ledger.
    case refused = 4

    /// The list for `--help`.
    static let help = """
        EXIT CODES:
          0   done
          1   failed, or a check has a finding
          2   an option, setting or argument makes no sense
          3   no server answers
          4   refused: wrong token, server busy or not ready, ledger in use
          64  the command line cannot be parsed
        """

    /// The exit code for an error.
    init(_ code: TollbookError.Code) {
        self = Self.statuses[code] ?? .failure
    }

    private static let statuses: [TollbookError.Code: ExitStatus] = [
        .invalidSetting: .usage,
        .invalidURL: .usage,
        .dimensionInvalid: .usage,
        .basisUnknown: .usage,
        .periodInvalid: .usage,
        .timeMalformed: .usage,
        .timeZoneUnknown: .usage,
        .asOfUnknown: .usage,
        .queryInvalid: .usage,
        .queryRefused: .usage,
        .invalidChange: .usage,
        .noToken: .refused,
        .serverUnreachable: .unreachable,
        .unauthorized: .refused,
        .tooManyRefusals: .refused,
        .tooManyExports: .refused,
        .tooManyFollowers: .refused,
        .readersBusy: .refused,
        .shuttingDown: .refused,
        .ledgerUnavailable: .refused,
        .ledgerLocked: .refused,
        .overloaded: .refused,
    ]
}

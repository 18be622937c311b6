internal import Logging
internal import TollbookReports

/// Writes each event as one line to stderr.
///
/// Nothing here filters secrets: callers never pass keys, prompts or bodies.
struct LineLogHandler: LogHandler {
    let label: String
    let format: LogFormat
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var fields: [(String, String)] = [
            ("time", CivilTime.text(micros: SystemClock().nowMicros())), ("level", event.level.rawValue),
            ("source", label),
            ("message", event.message.description),
        ]
        let merged = metadata.merging(event.metadata ?? [:]) { _, new in new }
        fields += merged.sorted { $0.key < $1.key }.map { ($0.key, $0.value.description) }
        let line =
            switch format {
            case .text: LogLine.text(fields)
            case .json: LogLine.json(fields)
            }
        StandardError.write(line + "\n")
    }

    /// Makes the process's loggers write through this handler. Call once, before the first logger is made.
    static func install(format: LogFormat, level: Logger.Level) {
        LoggingSystem.bootstrap { label in LineLogHandler(label: label, format: format, logLevel: level) }
    }
}

/// Renders fields as one line, whatever they hold.
enum LogLine {
    static func text(_ fields: [(String, String)]) -> String {
        fields.map { "\($0)=\(needsQuotes($1) ? quoted($1) : $1)" }.joined(separator: " ")
    }

    static func json(_ fields: [(String, String)]) -> String {
        "{" + fields.map { "\(quoted($0)):\(quoted($1))" }.joined(separator: ",") + "}"
    }

    private static func needsQuotes(_ value: String) -> Bool {
        value.isEmpty || value.unicodeScalars.contains { $0.value <= 32 || $0 == "\"" || $0 == "=" || $0 == "\\" }
    }

    /// A JSON string.
    private static func quoted(_ value: String) -> String {
        var text = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where scalar.value < 32 || scalar.value == 127:
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }
}

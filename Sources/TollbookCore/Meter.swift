/// A kind of unit that is counted and priced. The raw value is the code stored in `charge.meter`
/// and `price.meter`; the vocabulary table in the ledger carries the same codes and names.
package enum Meter: Int, CaseIterable, Sendable {
    case input = 1
    case cacheRead = 2
    case cacheWrite = 3
    case cacheWrite5m = 4
    case cacheWrite1h = 5
    case inputAudio = 6
    case inputImage = 7
    case output = 8
    case reasoning = 9
    case outputAudio = 10
    case outputImage = 11
    case request = 12
    case search = 13
    case image = 14
    case character = 15
    case audioSecond = 16
    case searchUnit = 17

    /// The name used in governance files, JSON, CSV and the vocabulary table.
    package var name: String {
        switch self {
        case .input: "input"
        case .cacheRead: "cache_read"
        case .cacheWrite: "cache_write"
        case .cacheWrite5m: "cache_write_5m"
        case .cacheWrite1h: "cache_write_1h"
        case .inputAudio: "input_audio"
        case .inputImage: "input_image"
        case .output: "output"
        case .reasoning: "reasoning"
        case .outputAudio: "output_audio"
        case .outputImage: "output_image"
        case .request: "request"
        case .search: "search"
        case .image: "image"
        case .character: "character"
        case .audioSecond: "audio_second"
        case .searchUnit: "search_unit"
        }
    }

    package init?(name: some StringProtocol) {
        guard let meter = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = meter
    }

    /// The meter whose price applies when this one has none of its own; nil where nothing may stand in.
    ///
    /// A provider that quotes no price for reasoning tokens bills them as output; cache and audio
    /// tokens without a price of their own are billed as plain input or output tokens.
    package var fallback: Meter? {
        switch self {
        case .cacheRead, .cacheWrite, .inputAudio, .inputImage: .input
        case .cacheWrite5m, .cacheWrite1h: .cacheWrite
        case .reasoning, .outputAudio, .outputImage: .output
        case .input, .output, .request, .search, .image, .character, .audioSecond, .searchUnit: nil
        }
    }

    /// Whether the meter counts something of the prompt, so that a hold must cover its price for the estimate.
    package var isInput: Bool {
        switch self {
        case .input, .cacheRead, .cacheWrite, .cacheWrite5m, .cacheWrite1h, .inputAudio, .inputImage: true
        case .output, .reasoning, .outputAudio, .outputImage, .request, .search, .image, .character, .audioSecond,
            .searchUnit:
            false
        }
    }

    /// Whether the meter counts something of the answer.
    package var isOutput: Bool {
        switch self {
        case .output, .reasoning, .outputAudio, .outputImage: true
        case .input, .cacheRead, .cacheWrite, .cacheWrite5m, .cacheWrite1h, .inputAudio, .inputImage, .request,
            .search, .image, .character, .audioSecond, .searchUnit:
            false
        }
    }
}

extension ChatRequestScan {
    /// Of a request that is passed through unread.
    ///
    /// - Parameter isPrompt: whether its bytes count as those of a prompt.
    package init(passedBytes: Int, isPrompt: Bool) {
        self.init(model: nil)
        isEmpty = passedBytes == 0
        bodyBytes = passedBytes
        units = 1
        if isPrompt { prompt.textBytes = passedBytes }
    }
}

/// What calls for images and audio ask for: their units, and the tokens that a hold must cover.
extension ChatRequestScan {
    /// So many images as there are choices.
    mutating func askForImages() {
        units = choices
        maxTokens = WireLimits.imageTokens
    }

    /// A text to be spoken.
    mutating func askForSpeech(bytes: Int, characters: Int) {
        prompt.textBytes += bytes
        units = characters
        maxTokens = WireLimits.speechTokens(characters: characters)
    }

    /// Documents to rank: a query with each of them.
    mutating func askForRanking(queryBytes: Int, documents: Int) {
        choices = 1
        let bytes = prompt.textBytes
        prompt.textBytes += queryBytes * max(1, documents)
        // A document that is longer counts once more for each of these.
        let pieces = documents + bytes / WireLimits.rankedDocumentBytes
        units = max(1, (pieces + WireLimits.documentsPerSearchUnit - 1) / WireLimits.documentsPerSearchUnit)
    }

    /// A text of what is said in a file.
    mutating func askForTranscript(fileBytes: Int) {
        let seconds = WireLimits.audioSeconds(bytes: fileBytes)
        units = seconds
        prompt.audioTokens = seconds * WireLimits.audioTokensPerSecond
        maxTokens = seconds * WireLimits.transcriptTokensPerSecond + WireLimits.transcriptTokensBase
    }
}

extension WireLimits {
    /// Bytes that a form of unknown length is taken to have, for holds: the largest file that OpenAI transcribes. A
    /// larger one passes its hold, and is charged all the same.
    static let unannouncedUploadBytes = 25 << 20

    /// Images that a form may bring to be edited, for holds of one that is not whole: the most that OpenAI takes.
    static let editedImages = 16

    /// Tokens that a hold covers for one image: the largest and finest picture of gpt-image-1 has 6,240.
    static let imageTokens = 6_240

    /// Tokens of audio that a hold covers for a text. Speech has about 15 characters a second, and 21 tokens of audio
    /// (what OpenAI's prices a token and a minute come to): 1.4 a character, and a second of silence.
    static func speechTokens(characters: Int) -> Int { characters + (characters + 1) / 2 + 32 }

    /// Documents that Cohere ranks for one search unit.
    static let documentsPerSearchUnit = 100

    /// The length from which Cohere counts a document again: 500 tokens, at three bytes each.
    static let rankedDocumentBytes = 1_500

    /// The longest that a file of audio is taken to last, for holds: 32,000 bits a second, below which speech is rarely
    /// compressed. A file of more seconds passes its hold, and is charged all the same.
    static func audioSeconds(bytes: Int) -> Int { max(1, (bytes + 3_999) / 4_000) }

    /// Tokens of a second of audio that is listened to: what OpenAI's prices a token and a minute come to.
    static let audioTokensPerSecond = 17

    /// Tokens of text that a second of speech becomes: 150 words a minute are 3.3, fast speakers reach 5.
    static let transcriptTokensPerSecond = 5
    /// Tokens of the shortest transcript, with its time stamps.
    static let transcriptTokensBase = 64
}

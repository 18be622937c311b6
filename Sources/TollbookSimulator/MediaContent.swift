/// What an answer of moderations, images or audio brings.
struct MediaContent: Sendable, Equatable {
    enum Kind: Sendable, Equatable {
        /// One result for each text.
        case moderation
        /// So many images; edits have images in their prompt as well.
        case images(isEdit: Bool)
        case speech
        case transcript
        /// So many documents, the best first.
        case ranking
    }

    var kind: Kind
    /// Texts judged, images made, or documents ranked.
    var count = 1
    /// Letters of the first image, or of the speech.
    var letters = 0
    /// Words of a transcript.
    var words = 0
    /// Seconds of audio or search units, where the model is charged by them.
    var units: Int?
    var isStream = false
    /// `response_format`.
    var format = ""

    var contentType: StaticString {
        if isStream { return "text/event-stream; charset=utf-8" }
        switch kind {
        case .speech: return "audio/mpeg"
        case .transcript where format == "text" || format == "srt" || format == "vtt":
            return "text/plain; charset=utf-8"
        case .moderation, .images, .transcript, .ranking: return "application/json"
        }
    }
}

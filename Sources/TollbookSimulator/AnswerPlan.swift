/// What one call is answered with, decided from the request, the directives and the call's number alone.
struct AnswerPlan: Sendable, Equatable {
    var subject: Subject
    var delivery: Delivery

    /// An answer or an error.
    enum Subject: Sendable, Equatable {
        case chat(ChatPlan)
        case error(ErrorAnswer)
    }

    /// An error that is told at once.
    static func refusal(_ error: ErrorAnswer) -> AnswerPlan {
        AnswerPlan(subject: .error(error), delivery: Delivery())
    }
}

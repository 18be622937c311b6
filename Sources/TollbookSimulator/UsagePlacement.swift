/// Where a stream tells its usage.
package enum UsagePlacement: String, Sendable, CaseIterable {
    /// As OpenAI does: only if asked for, in a last chunk whose `choices` is empty.
    case asked
    /// In that last chunk, asked for or not.
    case always
    /// In the chunk that carries `finish_reason`, asked for or not.
    case finish
    /// A running count in every chunk and the whole in a last one, asked for or not: only the last counts.
    case every
}

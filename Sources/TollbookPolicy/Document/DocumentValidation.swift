internal import TollbookCore

/// Checks everything about a governance document that needs no ledger: values, names, and that nothing is told twice.
///
/// References are checked when the document is compared with what the ledger holds.
package struct DocumentValidation {
    /// Says why a time zone is refused; nil when it is known. Given by a level that knows time zones.
    package typealias TimeZoneRule = (String) -> RuleViolation?

    /// In the order of the document.
    package private(set) var problems: [GovernanceProblem] = []
    private let timeZoneRule: TimeZoneRule

    private init(timeZoneRule: @escaping TimeZoneRule) {
        self.timeZoneRule = timeZoneRule
    }

    /// Everything that is wrong with the document, in its order; empty when it may be applied.
    package static func problems(
        in document: GovernanceDocument, timeZoneRule: @escaping TimeZoneRule
    ) -> [GovernanceProblem] {
        var validation = DocumentValidation(timeZoneRule: timeZoneRule)
        validation.checkName(document.manager, "manager", document.location, allowsSlash: true)
        validation.checkDirectory(document.organizations)
        validation.checkBudgets(document.budgets)
        validation.checkRateLimits(document.rateLimits)
        validation.checkProviders(document.providers)
        validation.checkDeployments(document.deployments)
        validation.checkRoutes(document.routes)
        validation.checkPrices(document.prices)
        validation.checkWebhooks(document.webhooks)
        return validation.problems
    }

    // MARK: What the aspects are made of

    /// Notes a problem at a value.
    mutating func refuse(_ violation: RuleViolation, _ field: String, _ location: EntryLocation?) {
        problems.append(GovernanceProblem(violation.problem, hint: violation.advice, at: location?.of(field)))
    }

    /// The value that `parse` makes of a text, or nil after a problem was noted.
    @discardableResult
    mutating func checked<Result>(
        _ text: String, _ field: String, _ location: EntryLocation?,
        _ parse: (String) throws(RuleViolation) -> Result
    ) -> Result? {
        do {
            return try parse(text)
        } catch {
            refuse(error, field, location)
            return nil
        }
    }

    mutating func checkName(_ name: String, _ field: String, _ location: EntryLocation?, allowsSlash: Bool) {
        guard let violation = ObjectName.violation(in: name, allowsSlash: allowsSlash) else { return }
        refuse(violation, field, location)
    }

    /// Checks an entry's name, and the one it had.
    mutating func checkNames(_ name: String?, was: String?, _ location: EntryLocation?, allowsSlash: Bool) {
        if let name { checkName(name, "name", location, allowsSlash: allowsSlash) }
        guard let was else { return }
        checkName(was, "was", location, allowsSlash: allowsSlash)
        if was == name {
            refuse(
                RuleViolation("the name is the one it was", "Leave out was, or write the new name."), "was", location)
        }
    }

    mutating func checkTimeZone(_ name: String?, _ location: EntryLocation?) {
        guard let name, let violation = timeZoneRule(name) else { return }
        refuse(violation, "time_zone", location)
    }

    /// Free text of one line: a contact, a source.
    mutating func checkText(_ text: String?, _ field: String, _ location: EntryLocation?) {
        guard let text else { return }
        if text.isEmpty || text.utf8.count > 256 {
            refuse(
                RuleViolation("the text is empty or over 256 bytes", "Write one line, or leave it out."), field,
                location)
        } else if text.unicodeScalars.contains(where: ObjectName.isControl) {
            refuse(RuleViolation("the text has a control character", "Write one line."), field, location)
        }
    }

    /// A count from 1 to `maximum`.
    mutating func checkCount(
        _ value: Int64?, _ field: String, _ location: EntryLocation?, maximum: Int64 = 1_000_000_000
    ) {
        guard let value, !(1...maximum).contains(value) else { return }
        refuse(
            RuleViolation(
                "\(field) is \(value)", "Write a number from 1 to \(maximum), or leave it out for no limit."),
            field, location)
    }

    /// One of a few words; `field` says what they are.
    mutating func checkWord(
        _ text: String, _ field: String, _ location: EntryLocation?, among words: [String]
    ) {
        guard !words.contains(text) else { return }
        let advice = Suggestion.nearest(to: text, in: words) ?? Quoted.alternatives(words)
        refuse(RuleViolation("\(Quoted.text(text)) is no \(field)", "Write \(advice)."), field, location)
    }

    /// A list that says what is allowed: an empty one would allow nothing, an absent one everything.
    mutating func checkAllowList(_ list: [String]?, _ field: String, _ location: EntryLocation?) {
        guard let list else { return }
        if list.isEmpty {
            refuse(
                RuleViolation("\(field) allows nothing", "List what is allowed, or leave \(field) out to allow all."),
                field, location)
        }
        checkRepeats(in: list, field, location)
    }

    mutating func checkRepeats(in list: [String], _ field: String, _ location: EntryLocation?) {
        var seen: Set<String> = []
        for (offset, name) in list.enumerated() where !seen.insert(name).inserted {
            refuse(
                RuleViolation("\(Quoted.text(name)) is listed twice", "Write it once."), "\(field)/\(offset)", location)
        }
    }

    /// Notes every entry whose name was taken before.
    mutating func checkUnique<Entry>(
        _ entries: [Entry], of kind: String, advice: String = "Write another name, or remove one of the two.",
        name: (Entry) -> String, location: (Entry) -> EntryLocation?
    ) {
        var first: [String: Entry] = [:]
        for entry in entries {
            guard let earlier = first[name(entry)] else {
                first[name(entry)] = entry
                continue
            }
            let place = location(earlier).map { " (the first is at \($0.start))" } ?? ""
            refuse(
                RuleViolation("a second \(kind) has the name \(Quoted.text(name(entry)))\(place)", advice), "name",
                location(entry))
        }
    }
}

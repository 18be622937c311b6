import Testing

/// Governance files that several suites read.
enum Samples {
    /// The example of the design's section 7, as it stands there.
    static let design = """
        version: 1
        organizations:
          - name: acme
            time_zone: Europe/Berlin
            teams:
              - name: search
                projects:
                  - name: ranking
                    applications: [web, batch]
                    regions: [eu]          # residency: no call made for it leaves, whatever fails
                    routes: [gpt-4o-mini]  # what its keys may ask for; absent: every route
        budgets:
          - {scope: project/ranking, limit: "25.00 USD", period: month, enforcement: hard, \
        time_zone: UTC, contact: "finance@acme.example"}
        rate_limits:
          - {scope: project/ranking, requests_per_minute: 600, tokens_per_minute: 200000, concurrent: 50}
        providers:
          - {name: openai-eu, dialect: openai, base_url: "https://eu.api.openai.com/v1", \
        credential: "env:OPENAI_API_KEY"}
          # or credentials: [{name, source, projects}]; proxy, ca_file, client certificate where a network needs them
        deployments:
          - {name: mini-eu, provider: openai-eu, model: gpt-4o-mini, region: eu, \
        context_window: 128000, max_output: 16384}
        routes:
          - {name: gpt-4o-mini, strategy: priority, targets: [mini-eu, mini-us]}
        prices:
          - {provider: openai-eu, model: gpt-4o-mini, effective_from: 2026-01-01, \
        per_million: {input: "0.15", cache_read: "0.075", output: "0.60"}}
        guardrails: []
        """
}

/// A file with one thing wrong, and the first problem that must be told.
struct BadDocument: CustomTestStringConvertible, Sendable {
    let text: String
    let problem: String

    init(_ body: String, _ problem: String) {
        text = "version: 1\n" + body
        self.problem = problem
    }

    init(whole text: String, _ problem: String) {
        self.text = text
        self.problem = problem
    }

    var testDescription: String { problem }

    static let all = structure + names + limits + providers + prices

    private static let structure: [BadDocument] = [
        BadDocument(whole: "", "1:1: the file is empty. Write version: 1 and what is to be governed."),
        BadDocument(
            whole: "routes: []", "1:1: the file has no version. Write version: 1 as the first line."),
        BadDocument(whole: "version: 2", "1:10: version 2 of the format is not known. Write version: 1."),
        BadDocument(whole: "- version", "1:1: the file is a list. Write it as a mapping: version: …."),
        BadDocument("version: 1", "1:1: the key 'version' is written twice in one mapping. Write it once."),
        BadDocument(
            "routes: []\n---\nversion: 1",
            "3:1: this is no YAML: but found another document. "
                + "Check indentation, quotes and brackets up to this place."),
        BadDocument(
            "routes: {}", "2:9: routes of the file is a mapping. Write a list: routes: [ … ], or one '- ' a line."),
        BadDocument("routes: [x]", "2:10: the route is a single value. Write it as a mapping: name: …."),
        BadDocument(
            "routes: !!binary aGk=",
            "2:9: the value has the tag 'tag:yaml.org,2002:binary'. Write the value without its tag."),
        BadDocument(
            "guardrails: [pii]", "2:13: this version knows no guardrail. Write guardrails: [], or leave it out."),
        BadDocument(
            "manager: \"a\\u0007b\"",
            "2:10: the name 'a\u{FFFD}b' has a control character. "
                + "Write it without line breaks, tabs and invisible direction marks."),
        BadDocument("rutes: []", "2:1: the file has an unknown key 'rutes'. Write routes."),
        BadDocument(
            "a: [1",
            "3:1: this is no YAML: did not find expected ',' or ']'. "
                + "Check indentation, quotes and brackets up to this place."),
    ]

    private static let names: [BadDocument] = [
        BadDocument(
            "organizations: [{name: a/b}]",
            "2:24: the name 'a/b' has a '/', which separates names in a scope. Write 'a-b'."),
        BadDocument(
            "organizations: [{name: \"=1+1\"}]",
            "2:24: the name '=1+1' begins with '=', which a spreadsheet takes "
                + "for a formula. Write a name that begins with a letter or digit."),
        BadDocument(
            "organizations: [{name: \" a\"}]", "2:24: the name ' a' begins or ends with a space. Write it without."),
        BadDocument("organizations: [{name: \"\"}]", "2:24: the name is empty. Write a name."),
        BadDocument("organizations: [{name: [a]}]", "2:24: name of the organization is a list. Write a text."),
        BadDocument("organizations: [{time_zone: UTC}]", "2:17: the organization has no name. Write name: acme."),
        BadDocument(
            "organizations: [{name: a, was: a}]",
            "2:32: the name is the one it was. "
                + "Leave out was, or write the new name."),
        BadDocument(
            "organizations: [{name: a, time_zone: Europe/Berln}]",
            "2:38: 'Europe/Berln' is no time zone. Write Europe/Berlin."),
        BadDocument(
            "organizations: [{name: a, time_zone: GMT+2}]",
            "2:38: 'GMT+2' is no time zone. "
                + "Write a name of the IANA database, for example UTC or Europe/Berlin."),
        BadDocument(
            "organizations: [{name: a}, {name: a}]",
            "2:35: a second organization has the name 'a' "
                + "(the first is at f:2:17). Write another name, or remove one of the two."),
        BadDocument(
            "organizations: [{name: a, teams: [{name: t, projects: [{name: p, regions: [mars]}]}]}]",
            "2:76: 'mars' is no region. Write one of af, apac, apac-northeast, apac-southeast, au, ca, ch, cn, eu, "
                + "eu-central, eu-north, eu-south, eu-west, in, jp, local, me, sa, uk, us, us-central, us-east, us-gov "
                + "or us-west."),
        BadDocument(
            "organizations: [{name: a, teams: [{name: t, projects: [{name: p, regions: []}]}]}]",
            "2:75: regions allows nothing. List what is allowed, or leave regions out to allow all."),
        BadDocument(
            "organizations: [{name: a, teams: [{name: t, projects: [{name: p}]}, {name: u, projects: [{name: p}]}]}]",
            "2:97: a second project of 'a' has the name 'p' (the first is at f:2:56). "
                + "Write another name, or remove one of the two."),
    ]

    private static func budget(_ fields: String) -> String { "budgets:\n  - {\(fields)}" }

    private static let limits: [BadDocument] = [
        BadDocument(
            budget("scope: project/a, limit: \"25,50\", period: day"),
            "3:31: '25,50' is no amount of money. Write \"25.50 USD\"."),
        BadDocument(
            budget("scope: project/a, limit: 25.00 EUR, period: day"),
            "3:31: 'EUR' is not the currency that prices are stated in. Write \"25.00 USD\"."),
        BadDocument(
            budget("scope: project/a, limit: -1 USD, period: day"), "3:31: the amount is negative. Write \"1 USD\"."),
        BadDocument(
            budget("scope: project/a, limit: 1 USD, period: monthly"), "3:46: 'monthly' is no period. Write month."),
        BadDocument(
            budget("scope: project/a, limit: 1 USD, period: day, enforcement: strict"),
            "3:64: 'strict' is no enforcement. Write hard, soft, throttle or fallback."),
        BadDocument(
            budget("scope: user/anna, limit: 1 USD, period: day"),
            "3:13: a limit on a person needs a name of its own, because the books keep no person's name. "
                + "Write name: NAME, without what would tell who it is."),
        BadDocument(
            budget("scope: ranking, limit: 1 USD, period: day"),
            "3:13: 'ranking' is no scope. Write one of "
                + "organization/NAME, team/NAME, project/NAME, application/PROJECT/NAME, user/NAME, key/NAME, "
                + "end_user/NAME, tag/NAME=VALUE, model/NAME, route/NAME or provider/NAME."),
        BadDocument(
            budget("scope: projekt/ranking, limit: 1 USD, period: day"),
            "3:13: 'projekt/ranking' is no scope. Write project/ranking."),
        BadDocument(
            budget("scope: application/web, limit: 1 USD, period: day"),
            "3:13: 'application/web' is no scope. Write application/PROJECT/NAME."),
        BadDocument(
            "rate_limits: [{scope: project/a, requests_per_minute: -5}]",
            "2:55: requests_per_minute is -5. Write a number from 1 to 1000000000, or leave it out for no limit."),
        BadDocument(
            "rate_limits: [{scope: project/a, requests_per_minute: \"600\"}]",
            "2:55: requests_per_minute of the rate limit is no whole number. Write 600 without quotes and separators."),
        BadDocument(
            "rate_limits: [{scope: project/a}]",
            "2:23: the rate limit limits nothing. Write requests_per_minute, tokens_per_minute or concurrent."),
    ]

    private static func provider(_ fields: String) -> String { "providers:\n  - {name: p, \(fields)}" }

    private static func command(_ text: String) -> String {
        provider("dialect: openai, base_url: https://a, credential: {command: \(text)}")
    }

    private static func secure(_ fields: String) -> String {
        provider("dialect: openai, credential: none, base_url: https://a, \(fields)")
    }

    private static let providers: [BadDocument] = [
        BadDocument(
            provider("dialect: mistral"),
            "3:24: this version calls no provider of dialect 'mistral'. "
                + "Write openai, azure, anthropic, gemini, vertex, cohere, bedrock or simulated, or leave the provider "
                + "out."),
        BadDocument(
            provider("dialect: vertex, credential: none, base_url: \"https://aiplatform.googleapis.com/v1\""),
            "3:60: the address does not end with a project and a location. "
                + "Write for example "
                + "https://europe-west4-aiplatform.googleapis.com/v1/projects/PROJECT/locations/europe-west4."),
        BadDocument(
            provider("dialect: anthropic, credential: none"),
            "3:12: the provider has no base_url. "
                + "Write for example base_url: https://api.anthropic.com."),
        BadDocument(
            provider("preset: azure, credential: none"),
            "3:12: the provider has no base_url. "
                + "Write for example base_url: https://RESOURCE.openai.azure.com."),
        BadDocument(
            provider("dialect: openai, credential: none, base_url: https://a, api_version: v1"),
            "3:84: only a provider of dialect azure has an api_version. Leave api_version out."),
        BadDocument(
            provider("dialect: azure, credential: none, base_url: https://a, api_version: \"2024&x\""),
            "3:83: the api_version is none that Azure has. "
                + "Write for example api_version: \"2024-10-21\", or leave it out for Azure's v1 interface."),
        BadDocument(
            provider("dialect: bedrock, credential: none, base_url: https://a"),
            "3:61: the address names no region of AWS. Write for example aws_region: us-east-1."),
        BadDocument(
            provider("dialect: bedrock, credential: none, base_url: https://a, aws_region: US East"),
            "3:84: the aws_region is none that AWS could have. Write for example aws_region: us-east-1."),
        BadDocument(
            provider("dialect: openai, credential: none, base_url: https://a, aws_region: us-east-1"),
            "3:83: only a provider of dialect bedrock has an aws_region. Leave aws_region out."),
        BadDocument(
            command("[print-token]"),
            "3:75: the command does not begin with a program's absolute path. "
                + "Write for example command: [/usr/local/bin/print-token, openai]."),
        BadDocument(
            command("[]"),
            "3:75: the command does not begin with a program's absolute path. "
                + "Write for example command: [/usr/local/bin/print-token, openai]."),
        BadDocument(
            command("[/bin/echo, --key=sk-123]"),
            "3:75: an argument of the command looks like a credential itself. "
                + "Let the command read it from a file or its environment; arguments are written down."),
        BadDocument(
            command("[/bin/p], ttl: 2d"), "3:90: the ttl is no time from 1s to 24h. Write for example ttl: 15m."),
        BadDocument(
            command("[/bin/p], ttl: 25h"), "3:90: the ttl is no time from 1s to 24h. Write for example ttl: 15m."),
        BadDocument(
            provider("dialect: openai, base_url: https://a, credentials: [{name: a, command: [/p], source: none}]"),
            "3:86: the credential has source and command. Write one of the two."),
        BadDocument(provider("dialect: openia"), "3:24: 'openia' is no dialect. Write openai."),
        BadDocument(
            secure("ca_file: ca.pem"), "3:80: the path is not absolute. Write for example /etc/tollbook/provider.pem."),
        BadDocument(
            provider("dialect: openai, credential: none, base_url: http://a, ca_file: /ca.pem"),
            "3:79: ca_file is for an encrypted connection, and the provider has none. "
                + "Leave ca_file out, or write a base_url that begins with https://."),
        BadDocument(
            secure("client_key: /a.key"),
            "3:83: the client_key has no certificate. Write client_certificate: /PATH beside it."),
        BadDocument(secure("http2: on"), "3:78: 'on' says nothing about HTTP/2. Write auto or off."),
        BadDocument(
            provider("dialect: openai, credential: none, base_url: http://a, http2: auto"),
            "3:77: HTTP/2 is for an encrypted connection, and the provider has none. "
                + "Leave http2 out, or write a base_url that begins with https://."),
        BadDocument(
            secure("proxy: https://a:1"),
            "3:78: the proxy does not begin with http://. Write for example http://proxy.example:3128; "
                + "what goes through it to an https address is encrypted all the same."),
        BadDocument(
            secure("proxy: http://u:secret@a:1"),
            "3:78: the proxy has a user name or password. "
                + "Write the address without it and proxy_credential: env:NAME, which holds USER:PASSWORD."),
        BadDocument(
            secure("proxy: http://a"),
            "3:78: the proxy is no host and port. Write for example http://proxy.example:3128."),
        BadDocument(
            secure("proxy: http://a:1/b"),
            "3:78: the proxy is no host and port. Write for example http://proxy.example:3128."),
        BadDocument(
            secure("proxy_credential: env:P"),
            "3:89: the proxy_credential has no proxy. Write proxy: http://HOST:PORT beside it, or leave it out."),
        BadDocument(
            secure("proxy: http://a:1, proxy_credential: none"),
            "3:108: a proxy that asks for no credential needs none. Leave proxy_credential out."),
        BadDocument(
            provider("dialect: simulated, proxy: http://a:1"),
            "3:42: the simulated provider is built in and has no proxy. Leave proxy out."),
        BadDocument(
            provider("dialect: openai, credential: none"),
            "3:12: the provider has no base_url. "
                + "Write for example base_url: https://api.openai.com/v1."),
        BadDocument(
            provider("credential: none"),
            "3:5: the provider has no dialect. Write dialect: openai, or preset: NAME."),
        BadDocument(
            provider("preset: ollma"),
            "3:23: 'ollma' is no preset. Write ollama, or give dialect and base_url instead."),
        BadDocument(
            provider("preset: groq"),
            "3:12: the provider has no credential. "
                + "Write credential: env:NAME, or credential: none if it asks for none."),
        BadDocument(
            provider("preset: groq, dialect: anthropic, credential: none"),
            "3:12: the provider has no base_url. "
                + "Write for example base_url: https://api.anthropic.com."),
        BadDocument(
            provider("dialect: openai, base_url: https://a.example"),
            "3:12: the provider has no credential. "
                + "Write credential: env:NAME, or credential: none if it asks for none."),
        BadDocument(
            provider("dialect: openai, credential: none, base_url: ftp://a"),
            "3:60: the address does not begin with https:// or http://. Write for example https://api.openai.com/v1."),
        BadDocument(
            provider("dialect: openai, credential: none, base_url: https://a?b"),
            "3:60: the address has a query or fragment. "
                + "Write it up to the path only."),
        BadDocument(
            provider("dialect: openai, credential: none, base_url: https://u:p@a/v1"),
            "3:60: the address has a user name or password. "
                + "Write the address without it and the credential as credential: env:NAME."),
        BadDocument(
            provider("dialect: openai, credential: none, base_url: https://a:0/v1"),
            "3:60: the address has a bad port. Write a number from 1 to 65535 after the host, or none."),
        BadDocument(
            provider("dialect: simulated, credential: none, credentials: []"),
            "3:47: the provider has credential and credentials. "
                + "Write one of the two: credential for a single source, credentials for named ones."),
        BadDocument(
            "routes: [{name: r, strategy: random, targets: [d]}]", "2:30: 'random' is no strategy. Write priority."),
        BadDocument(
            "routes: [{name: r, targets: []}]", "2:29: the route has no target. List deployments: targets: [NAME]."),
        BadDocument("routes: [{name: r, targets: [d, d]}]", "2:33: 'd' is listed twice. Write it once."),
        BadDocument(
            "deployments: [{name: d, provider: p, model: m, region: eu-wset}]",
            "2:56: 'eu-wset' is no region. Write eu-west."),
        BadDocument(
            "deployments: [{name: d, provider: p, model: m, max_output: 1.5}]",
            "2:60: max_output of the deployment is no whole number. Write a whole number."),
    ]

    private static func price(_ fields: String) -> String { "prices:\n  - {provider: p, model: m, \(fields)}" }

    private static let prices: [BadDocument] = [
        BadDocument(
            price("per_million: {input: 1}"),
            "3:5: the price has no effective_from. Write effective_from: 2026-01-01."),
        BadDocument(
            price("effective_from: 2026-02-30, per_million: {input: 1}"),
            "3:45: '2026-02-30' is no date and no time in UTC. Write 2026-01-01 or 2026-01-01T08:30:00Z."),
        BadDocument(
            price("effective_from: 2026-01-01T00:00:00+02:00, per_million: {input: 1}"),
            "3:45: '2026-01-01T00:00:00+02:00' is no date and no time in UTC. Write 2026-01-01 or 2026-01-01T08:30:00Z."
        ),
        BadDocument(
            price("effective_from: 2026-01-01, effective_to: 2026-01-01, per_million: {input: 1}"),
            "3:71: effective_to is not after effective_from. Write a later date, or leave it out."),
        BadDocument(
            price("effective_from: 2026-01-01, per_million: {inputs: 1}"), "3:79: 'inputs' is no meter. Write input."),
        BadDocument(
            price("effective_from: 2026-01-01, per_million: {input: -1}"),
            "3:78: the price is negative. "
                + "Write a plain decimal with at most six decimals, for example \"0.15\"."),
        BadDocument(
            price("effective_from: 2026-01-01, per_million: {input: 1e-3}"),
            "3:78: '1e-3' is no price. "
                + "Write a plain decimal with at most six decimals, for example \"0.15\"."),
        BadDocument(
            price("effective_from: 2026-01-01, per_million: {}"),
            "3:70: the price names no meter. "
                + "Write for example per_million: {input: \"0.15\"}."),
    ]
}

import NIOCore
import Testing
import TollbookGateway
import TollbookPolicy

/// AWS Signature Version 4, against the examples that AWS publishes with it.
@Suite struct SignatureTests {
    private static let secret = Array("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".utf8)
    private static let emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    /// Requests of AWS's test suite, all of 2015-08-30, 12:36:00 UTC, for `us-east-1/service`.
    @Test(arguments: [
        ("GET", "/", "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        ("POST", "/", "", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
        ("GET", "/", "Param2=value2&Param1=value1", "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"),
    ]) func signsAsPublished(_ method: String, _ path: String, _ query: String, _ expected: String) {
        let canonical = """
            \(method)
            \(SigV4.canonicalPath(path))
            \(SigV4.canonicalQuery(query))
            host:example.amazonaws.com
            x-amz-date:20150830T123600Z

            host;x-amz-date
            \(Self.emptyHash)
            """
        let scope = SigV4.Scope(date: "20150830", region: "us-east-1", service: "service")
        let key = SigV4.SigningKey(secret: Self.secret, scope: scope)
        let signature = SigV4.signature(of: Array(canonical.utf8), time: "20150830T123600Z", scope: scope, with: key)
        #expect(signature == expected)
    }

    @Test func signsTheExampleOfTheDescription() {
        let canonical = """
            GET
            /
            Action=ListUsers&Version=2010-05-08
            content-type:application/x-www-form-urlencoded; charset=utf-8
            host:iam.amazonaws.com
            x-amz-date:20150830T123600Z

            content-type;host;x-amz-date
            \(Self.emptyHash)
            """
        let scope = SigV4.Scope(date: "20150830", region: "us-east-1", service: "iam")
        let key = SigV4.SigningKey(secret: Self.secret, scope: scope)
        let signature = SigV4.signature(of: Array(canonical.utf8), time: "20150830T123600Z", scope: scope, with: key)
        #expect(signature == "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7")
    }

    @Test func escapesPathsTwiceAndSegmentsOnce() {
        #expect(SigV4.escaped(segment: "arn:aws:x/y v1~-._") == "arn%3Aaws%3Ax%2Fy%20v1~-._")
        #expect(SigV4.canonicalPath("/model/a%3A0/converse") == "/model/a%253A0/converse")
        #expect(SigV4.canonicalPath("") == "/")
        #expect(SigV4.canonicalQuery("b=2&a=2&a=1&c&a%20=") == "a=1&a=2&a%20=&b=2&c=")
    }

    // MARK: Signed here, checked here

    private static let now: Int64 = 1_440_938_160_000_000
    private static let body = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

    private static func lines(path: String, query: String? = nil, keys: String = "AK:SK") -> String {
        var signer = AWSSigner(region: "eu-west-1", host: "gateway:8080")
        return AWSKeyPair(keys).map {
            String(
                buffer: signer.lines(
                    keys: $0, path: SigV4.canonicalPath(path), query: query, bodySHA256: body, nowMicros: now))
        } ?? ""
    }

    private static func head(_ lines: String, path: String, query: String = "") throws -> RequestHead {
        var reader = RequestReader()
        reader.append(
            ByteBuffer(string: "POST \(path)\(query) HTTP/1.1\r\nhost: gateway:8080\r\nx-a: 1\r\n\(lines)\r\n"))
        guard case .head(let head)? = try reader.next() else { throw Failure() }
        return head
    }

    private struct Failure: Error {}

    @Test func checksWhatItSigned() throws {
        let path = "/model/a%3A0/converse"
        for (query, keys) in [("", "same:same"), ("?b=1&a=%20", "same:same"), ("", "same:same:token")] {
            let lines = Self.lines(path: path, query: query.isEmpty ? nil : String(query.dropFirst()), keys: keys)
            let head = try Self.head(lines, path: path, query: query)
            let signature = try #require(head.signature)
            #expect(signature.isValid(bodySHA256: Self.body))
            #expect(!signature.isValid(bodySHA256: Self.emptyHash))
            #expect(signature.timeMicros == Self.now)
            #expect(head.headers.secret?.value == ByteBuffer(string: "same"))
            #expect(!String(buffer: head.headers.forwarded).lowercased().contains("x-amz-"))
        }
    }

    @Test func anotherSecretIsRefused() throws {
        let path = "/model/m/converse"
        let head = try Self.head(Self.lines(path: path, keys: "one:two"), path: path)
        #expect(try #require(head.signature).isValid(bodySHA256: Self.body) == false)
    }

    @Test func holdsForFiveMinutesEitherWay() throws {
        let path = "/model/m/converse"
        let signature = try #require(try Self.head(Self.lines(path: path), path: path).signature)
        for seconds in [-300, 0, 300] as [Int64] {
            #expect(signature.isCurrent(atMicros: Self.now + seconds * 1_000_000))
        }
        for seconds in [-301, 301] as [Int64] {
            #expect(!signature.isCurrent(atMicros: Self.now + seconds * 1_000_000))
        }
    }

    @Test(arguments: [
        "/eu-west-1/", "/bedrock/", "/aws4_request", "host;", ";x-amz-date", "Signature=", "Credential=",
        "SignedHeaders=",
    ]) func aSignatureThatIsNotCompleteIsNone(_ part: String) throws {
        let path = "/model/m/converse"
        let lines = Self.lines(path: path)
        #expect(lines.contains(part))
        let head = try Self.head(lines.replacing(part, with: part.contains("/") ? "/" : ""), path: path)
        let isValid = head.signature?.isValid(bodySHA256: Self.body) ?? false
        #expect(!isValid)
    }

    /// Changed bytes of a signed head: nothing traps, and what is read as signed is refused.
    @Test(arguments: [1, 2, 3] as [UInt64]) func changedHeadsAreRefused(seed: UInt64) throws {
        var state = seed
        func random(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        let path = "/model/m/converse"
        let lines = Array(Self.lines(path: path, keys: "same:same").utf8)
        var signed = 0
        for _ in 0..<2_000 {
            var bytes = lines
            let index = random(bytes.count)
            let byte = UInt8(32 + random(95))
            guard bytes[index] != byte else { continue }
            bytes[index] = byte
            guard let head = try? Self.head(String(decoding: bytes, as: UTF8.self), path: path) else { continue }
            guard let signature = head.signature else { continue }
            signed += 1
            // Letters of hexadecimal digits and of headers' names may be of either case, and blanks at a value's ends.
            if signature.isValid(bodySHA256: Self.body) {
                let changed = String(decoding: bytes, as: UTF8.self).lowercased()
                #expect(changed == String(decoding: lines, as: UTF8.self).lowercased())
            }
        }
        #expect(signed > 100)
    }

    @Test func derivesAKeyAnewEachDay() throws {
        let keys = try #require(AWSKeyPair("AK:SK"))
        var signer = AWSSigner(region: "eu-west-1", host: "h")
        func credential(_ micros: Int64) -> String {
            let lines = signer.lines(keys: keys, path: "/", query: nil, bodySHA256: Self.body, nowMicros: micros)
            return String(String(buffer: lines).split(separator: ",")[0])
        }
        #expect(credential(Self.now).hasSuffix("AK/20150830/eu-west-1/bedrock/aws4_request"))
        #expect(credential(Self.now + 86_400_000_000).hasSuffix("AK/20150831/eu-west-1/bedrock/aws4_request"))
    }

    @Test func readsRegionsOfHosts() {
        for (host, region) in [
            ("bedrock-runtime.us-east-1.amazonaws.com", "us-east-1"),
            ("bedrock-runtime-fips.us-gov-west-1.amazonaws.com", "us-gov-west-1"),
            ("bedrock-runtime.cn-north-1.amazonaws.com.cn", "cn-north-1"),
            ("vpce-0a.bedrock-runtime.ap-southeast-4.vpce.amazonaws.com", "ap-southeast-4"),
        ] { #expect(AWSRegion.named(byHost: host) == region) }
        for host in ["127.0.0.1", "localhost", "bedrock-runtime", "bedrock-runtime.example.com", "us-east-1.x.com"] {
            #expect(AWSRegion.named(byHost: host) == nil)
        }
    }

    @Test func readsKeyPairs() {
        #expect(AWSKeyPair("AK:SK")?.sessionToken == nil)
        #expect(AWSKeyPair("AK:SK:T==")?.sessionToken == "T==")
        for text in ["AK", "AK:", ":SK", "AK:SK:", "AK:SK:T:x", "ABSKQmVkcm9jaw=="] {
            #expect(AWSKeyPair(text) == nil)
        }
        #expect(AWSKeyPair("AK:SK").map { "\($0)" } == "<secret>")
    }
}

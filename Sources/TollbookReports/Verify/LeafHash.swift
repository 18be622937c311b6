internal import Crypto

/// The hashes of a journal row (leaf version 1).
package enum LeafHash {
    /// What a leaf shows of a command to everyone.
    package struct Header: Sendable, Equatable {
        package var leafVersion: Int64
        package var logID: Int64
        package var logIndex: Int64
        package var kind: Int64
        package var timeMicros: Int64
        package var organizationID: Int64?
        package var objectID: Int64?

        package init(
            leafVersion: Int64, logID: Int64, logIndex: Int64, kind: Int64, timeMicros: Int64, organizationID: Int64?,
            objectID: Int64?
        ) {
            self.leafVersion = leafVersion
            self.logID = logID
            self.logIndex = logIndex
            self.kind = kind
            self.timeMicros = timeMicros
            self.organizationID = organizationID
            self.objectID = objectID
        }

        /// Version, log, index, kind, time, organization, object.
        var bytes: LeafBytes {
            var bytes = LeafBytes()
            bytes.append(byte: UInt8(truncatingIfNeeded: leafVersion))
            bytes.append(raw: logID)
            bytes.append(raw: logIndex)
            bytes.append(byte: UInt8(truncatingIfNeeded: kind))
            bytes.append(raw: timeMicros)
            bytes.append(optional: organizationID)
            bytes.append(optional: objectID)
            return bytes
        }
    }

    /// SHA-256 of salt, header and body.
    static func body(
        salt: UnsafeRawBufferPointer, header: Header, parts: [LeafBytes], then last: LeafBytes?
    ) -> SHA256Digest {
        var hash = SHA256()
        hash.update(bufferPointer: salt)
        header.bytes.bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
        for part in parts { part.bytes.withUnsafeBytes { hash.update(bufferPointer: $0) } }
        last?.bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
        return hash.finalize()
    }

    /// The leaf of the journal's tree: SHA-256 of a zero byte, header and body hash (RFC 6962 section 2.1).
    package static func leaf(header: Header, bodyHash: [UInt8]) -> [UInt8] {
        var hash = SHA256()
        hash.update(data: [0])
        hash.update(data: header.bytes.bytes)
        hash.update(data: bodyHash)
        return Array(hash.finalize())
    }
}

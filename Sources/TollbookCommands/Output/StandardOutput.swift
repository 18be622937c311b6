#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// Writes to stdout; a reader that has gone ends the output and not the command.
enum StandardOutput {
    /// Whether stdout is a terminal.
    static var isTerminal: Bool { isatty(STDOUT_FILENO) != 0 }

    static func write(_ text: String) {
        write(Array(text.utf8))
    }

    static func write(_ bytes: some Collection<UInt8>) {
        DescriptorOutput.write(Array(bytes), to: STDOUT_FILENO)
    }
}

/// Writes notes and errors to stderr.
enum StandardError {
    /// Whether stderr is a terminal, so that progress may be shown.
    static var isTerminal: Bool { isatty(STDERR_FILENO) != 0 }

    static func write(_ text: String) {
        DescriptorOutput.write(Array(text.utf8), to: STDERR_FILENO)
    }
}

/// write(2) until everything is out or nobody reads any more.
enum DescriptorOutput {
    static func write(_ bytes: [UInt8], to descriptor: Int32) {
        bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let count = systemWrite(descriptor, UnsafeRawBufferPointer(rebasing: rest))
                if count > 0 {
                    rest = rest.dropFirst(count)
                } else if errno != EINTR {
                    return
                }
            }
        }
    }

    private static func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
        Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        #else
        Darwin.write(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }
}

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// Raises the process's limit of open files to what the system lets it have: every call holds two sockets.
enum FileLimit {
    /// The limit in force afterwards.
    @discardableResult
    static func raise() -> UInt64 {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(resource, &limit) == 0 else { return 0 }
        let wanted = min(limit.rlim_max, 1 << 20)
        guard limit.rlim_cur < wanted else { return UInt64(limit.rlim_cur) }
        limit.rlim_cur = wanted
        // What could not be raised stays as it was; the server then refuses connections a little earlier.
        guard setrlimit(resource, &limit) == 0 else { return 0 }
        return UInt64(wanted)
    }
}

internal import SQLite
internal import TollbookCore

extension LedgerWriter {
    /// Begins the log of a new file: the owner principal, id 1, under one journal row of kind genesis.
    func installGenesisIfEmpty() throws {
        guard journal.nextIndex == 0 else { return }
        try begin()
        do {
            try administer(.genesis, organizationID: nil) { transaction in
                try transaction.insert(
                    .principalVersion, [1, .integer(transaction.logIndex), "owner", "owner", nil, 0, 1, nil, nil])
                try transaction.execute(
                    """
                    INSERT INTO principal (id, log_index, name, kind, managed_by, closed)
                    VALUES (1, ?, 'owner', 'owner', NULL, 0)
                    """, [.integer(transaction.logIndex)])
            }
            try commit()
            try reloadGovernance()
        } catch {
            try rollback()
            throw error
        }
    }
}

"""What the end-to-end tests stand on: the real binary, real sockets, and the ledger read with SQLite."""

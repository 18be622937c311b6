#ifndef TOLLBOOK_CSQLITE_H
#define TOLLBOOK_CSQLITE_H
#include <sqlite3.h>

// Swift cannot call variadic functions and cannot see macros that cast: each gets a typed face here.

// SQLite copies the bytes before the bind or result call returns.
static inline sqlite3_destructor_type tollbook_sqlite_transient(void) { return SQLITE_TRANSIENT; }

// SQLite reads the bytes in place; whoever binds them keeps them alive.
static inline sqlite3_destructor_type tollbook_sqlite_static(void) { return SQLITE_STATIC; }

// Sets an on/off option of a connection; `value` below 0 only asks. `state` receives what is in force.
static inline int tollbook_sqlite_db_config(sqlite3 *db, int option, int value, int *state) {
    return sqlite3_db_config(db, option, value, state);
}

// Turns off the process-wide count of allocations; refused once the library is initialized.
static inline int tollbook_sqlite_disable_memory_status(void) {
    return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

#endif

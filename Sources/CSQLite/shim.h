#ifndef TOLLBOOK_CSQLITE_H
#define TOLLBOOK_CSQLITE_H
#include <sqlite3.h>
#endif

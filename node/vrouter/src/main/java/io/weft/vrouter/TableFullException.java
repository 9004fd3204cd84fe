package io.weft.vrouter;

/** A table has no room for another entry. */
public final class TableFullException extends RuntimeException {
    public TableFullException(String table, int capacity) {
        super("table " + table + " is full: it holds " + capacity + " entries");
    }
}

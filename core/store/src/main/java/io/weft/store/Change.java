package io.weft.store;

/** What a revision did to one key. */
public sealed interface Change {
    String key();

    /** The key was set; the entry is as the revision left it. */
    record Put(Entry entry) implements Change {
        @Override
        public String key() {
            return entry.key();
        }
    }

    /** The key is gone: deleted, or its lease ended. */
    record Delete(String key) implements Change {}
}
